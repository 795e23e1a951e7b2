using Utaf.Ensembles;
using Utaf.Models;

namespace Utaf.Schemes;

/// <summary>A built ensemble in its parts.</summary>
/// <param name="Folder">Every member is built.</param>
/// <param name="Workshop">Target, task, data and device.</param>
/// <param name="Split">Training to build from, validation to choose by, test to report on.</param>
public sealed record SchemeEnsemble(EnsembleFolder Folder, Workshop Workshop, EnsembleSplit Split)
{
    /// <summary>A member, frozen, on the workshop's device; the caller's to dispose.</summary>
    /// <exception cref="UtafException">UTAF1402: its file is damaged.</exception>
    public Network Load(Member member) => Folder.Load(member, Workshop.Architectures).To(Workshop.Device).Freeze();
}
