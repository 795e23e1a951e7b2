"""The models of the sample. Each takes raw pixels [N, 64] in 0..16 and returns logits [N, 10]."""

from torch import nn
from torch.nn import functional as F


class Cnn(nn.Module):
    """The target's architecture; `first` and `second` are the filters of its two convolutions."""

    def __init__(self, first: int = 8, second: int = 16):
        super().__init__()
        self.conv1 = nn.Conv2d(1, first, 3, padding=1)
        self.conv2 = nn.Conv2d(first, second, 3, padding=1)
        self.fc1 = nn.Linear(second * 16, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = x.reshape(-1, 1, 8, 8) / 16
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class NormalizedCnn(nn.Module):
    """A different CNN: batch normalisation, dropout, global average pooling."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.AdaptiveAvgPool2d(2))
        self.dropout = nn.Dropout(0.1)
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        x = self.features(x.reshape(-1, 1, 8, 8) / 16)
        return self.fc(self.dropout(x.flatten(1)))


class Mlp(nn.Module):
    def __init__(self, *hidden: int):
        super().__init__()
        sizes = [64, *hidden]
        layers = [layer for a, b in zip(sizes, sizes[1:]) for layer in (nn.Linear(a, b), nn.ReLU())]
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-1], 10))

    def forward(self, x):
        return self.layers(x / 16)
