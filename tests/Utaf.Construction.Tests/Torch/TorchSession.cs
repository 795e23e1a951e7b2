namespace Utaf.Torch.Tests;

/// <summary>
/// Tests that use torch run one after another: they share its random generator, its threads and its memory statistics.
/// </summary>
[CollectionDefinition(Name)]
public sealed class TorchSession : ICollectionFixture<StartedTorch>
{
    public const string Name = "torch";
}

public sealed class StartedTorch
{
    public StartedTorch() => TorchRuntime.Start("cpu", threads: 1);
}
