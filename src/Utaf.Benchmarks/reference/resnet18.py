"""ResNet-18 on 28x28 grey images in plain PyTorch, for side-by-side measurement: what any PyTorch user would write, no more.

    python3 resnet18.py training  --threads 2 [--steps 8]
    python3 resnet18.py iteration --threads 2 [--iterations 5] [--examples 100]
    python3 resnet18.py construct --threads 2 --members members.json [--iterations 24] [--every 4]

Prints one JSON line per measurement. Needs torch and numpy. The networks of a triple stay trainable, as models are when they
have been loaded: back-propagation then also makes the gradients of their weights.
"""
import argparse, json, time
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument("work", choices=["training", "iteration", "construct"])
parser.add_argument("--threads", type=int, default=torch.get_num_threads())
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--steps", type=int, default=8)
parser.add_argument("--iterations", type=int, default=5)
parser.add_argument("--examples", type=int, default=100)
parser.add_argument("--every", type=int, default=4)  # how often the validation AUC is measured, beside the clock
parser.add_argument("--members")
args = parser.parse_args()
torch.set_num_threads(args.threads); torch.manual_seed(args.seed); rng = np.random.default_rng(args.seed)


class BasicBlock(nn.Module):
    def __init__(self, channels, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False); self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False); self.bn2 = nn.BatchNorm2d(width)
        self.downsample = None
        if stride != 1 or channels != width:
            self.downsample = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        inner = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(inner)) + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    """torchvision's names, with the 3x3 stem that images this small are given."""

    def __init__(self, channels=1, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 64, 3, 1, 1, bias=False); self.bn1 = nn.BatchNorm2d(64)
        width = 64
        for stage in range(1, 5):
            wider = 64 << (stage - 1)
            setattr(self, f"layer{stage}", nn.Sequential(BasicBlock(width, wider, 1 if stage == 1 else 2), BasicBlock(wider, wider, 1)))
            width = wider
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


def report(stage, seconds, **more): print(json.dumps({"stage": stage, "seconds": seconds, **more}), flush=True)


def read(path):
    """A network from a safetensors file: 8 bytes with the header's length, the header in JSON, the numbers."""
    data = open(path, "rb").read(); length = int.from_bytes(data[:8], "little"); header = json.loads(data[8 : 8 + length])
    kinds = {"F32": np.float32, "I64": np.int64}; state = {}
    for name, tensor in header.items():
        if name != "__metadata__":
            start, end = (8 + length + offset for offset in tensor["data_offsets"])
            state[name] = torch.from_numpy(np.frombuffer(data[start:end], kinds[tensor["dtype"]]).copy()).reshape(tensor["shape"])
    model = ResNet18(); model.load_state_dict(state); return model.eval()


def training():
    model = ResNet18(); optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = torch.rand(64 * args.steps, 1, 28, 28), torch.randint(10, (64 * args.steps,))
    def step(index):
        loss = F.cross_entropy(model(x[index]), y[index]); optimiser.zero_grad(); loss.backward(); optimiser.step()
    step(torch.arange(64)); start = time.time()
    for index in torch.randperm(len(x)).split(64): step(index)
    seconds = time.time() - start
    report("training", seconds, images_per_second=len(x) / seconds)


class Construction:
    """Algorithm 1: a triple per iteration, one Adam step each of W and V."""

    def __init__(self, target, positives, negatives):
        self.target, self.positives, self.negatives = target, positives, negatives
        n = args.examples
        self.W = nn.Parameter(torch.randn(n, 1, 28, 28)); self.V = nn.Sequential(nn.Linear(n * 10, 100), nn.ReLU(), nn.Linear(100, 2))
        with torch.no_grad(): outputs = F.softmax(target(self.x()), 1); self.mean, self.std = outputs.mean(), outputs.std()
        self.opt_w, self.opt_v = torch.optim.Adam([self.W], lr=1e-3), torch.optim.Adam(self.V.parameters(), lr=1e-3)

    def x(self): return (torch.tanh(self.W) + 1) / 2

    def log_p(self, model, x): return F.log_softmax(self.V(((F.softmax(model(x), 1) - self.mean) / self.std).reshape(1, -1)), 1)[0]

    def iterate(self):
        x = self.x()
        p, n = self.positives[rng.integers(len(self.positives))], self.negatives[rng.integers(len(self.negatives))]
        loss = -(self.log_p(self.target, x)[1] + self.log_p(p, x)[1] + self.log_p(n, x)[0])
        self.opt_w.zero_grad(); self.opt_v.zero_grad(); loss.backward(); self.opt_w.step(); self.opt_v.step()

    def auc(self, positives, negatives):
        x = self.x().detach()
        with torch.no_grad(): sp, sn = (np.array([self.log_p(m, x)[1].exp().item() for m in part]) for part in (positives, negatives))
        return float((sp[:, None] > sn[None]).mean() + 0.5 * (sp[:, None] == sn[None]).mean())


def iteration():
    construction = Construction(ResNet18().eval(), [ResNet18().eval() for _ in range(2)], [ResNet18().eval() for _ in range(2)])
    construction.iterate(); seconds = []
    for _ in range(args.iterations):
        start = time.time(); construction.iterate(); seconds.append(time.time() - start)
    report("iteration", float(np.median(seconds)))


def construct():
    files = json.load(open(args.members))
    parts = {part: [[read(path) for path in files[part][side]] for side in ("positives", "negatives")] for part in ("training", "validation")}
    target = read(files["target"]); start = time.time()
    construction = Construction(target, *parts["training"])
    seconds = time.time() - start
    for i in range(1, args.iterations + 1):
        start = time.time(); construction.iterate(); seconds += time.time() - start
        if i % args.every == 0:
            auc = construction.auc(*parts["validation"]); report("auc", seconds, auc=auc, iterations=i)
            if auc >= 1: break


globals()[args.work]()
