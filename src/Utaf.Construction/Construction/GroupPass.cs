using static TorchSharp.torch;

namespace Utaf.Construction;

/// <summary>
/// What members answered, and the way back to the inputs. Both belong to the dispose scope in which the members were asked.
/// </summary>
/// <param name="Answers">[members, N·d_out], without a graph.</param>
/// <param name="Gradient">Takes the gradient of the answers, [members, N·d_out], to that of the inputs, [N, input…]; once.</param>
internal sealed record GroupPass(Tensor Answers, Func<Tensor, Tensor> Gradient);
