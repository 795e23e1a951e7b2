"""What a thief does to a stolen model's weights, all in place or on a smaller copy."""

import torch

from architectures import Cnn


def weights(model):
    return [p for p in model.parameters() if p.dim() > 1]


def prune(model, ratio):
    """Zeroes the smallest weights of the whole network; returns what keeps them at zero."""
    magnitudes = torch.cat([w.detach().abs().flatten() for w in weights(model)])
    threshold = magnitudes.sort().values[int(len(magnitudes) * ratio)]
    masks = [w.detach().abs() >= threshold for w in weights(model)]

    @torch.no_grad()
    def keep():
        for weight, mask in zip(weights(model), masks):
            weight.mul_(mask)

    keep()
    return keep


@torch.no_grad()
def without_filters(model, first, second):
    """Keeps the filters of largest L1 norm and cuts the others out of the network (Li et al. 2017)."""
    def strongest(conv, count):
        return conv.weight.abs().sum((1, 2, 3)).topk(count).indices.sort().values

    a, b = strongest(model.conv1, first), strongest(model.conv2, second)
    small = Cnn(first, second)
    small.conv1.weight.copy_(model.conv1.weight[a])
    small.conv1.bias.copy_(model.conv1.bias[a])
    small.conv2.weight.copy_(model.conv2.weight[b][:, a])
    small.conv2.bias.copy_(model.conv2.bias[b])
    # After flattening, each filter of conv2 owns 16 neighbouring columns of fc1.
    small.fc1.weight.copy_(model.fc1.weight.reshape(64, -1, 16)[:, b].flatten(1))
    small.fc1.bias.copy_(model.fc1.bias)
    small.fc2.load_state_dict(model.fc2.state_dict())
    return small


@torch.no_grad()
def quantize(model, bits=8):
    """Rounds each weight tensor to a symmetric grid with one scale, as int8 storage would."""
    for weight in weights(model):
        scale = weight.abs().max() / (2 ** (bits - 1) - 1)
        weight.copy_((weight / scale).round() * scale)


@torch.no_grad()
def disguise(model, seed):
    """Reorders and rescales the hidden units of fc1: other weights, the same function."""
    order = torch.randperm(64, generator=torch.Generator().manual_seed(seed))
    scale = torch.linspace(0.5, 2.0, 64)
    model.fc1.weight.copy_(model.fc1.weight[order] * scale[:, None])
    model.fc1.bias.copy_(model.fc1.bias[order] * scale)
    model.fc2.weight.copy_(model.fc2.weight[:, order] / scale)
