using Utaf.Fingerprints;

namespace Utaf.Commitments;

/// <summary>A commitment's file.</summary>
/// <param name="Place">Its path.</param>
/// <param name="Bytes">Its content.</param>
public sealed record CommitmentFile(string Place, byte[] Bytes);

/// <summary>The commitment of a pair after <see cref="CommitmentFiles.Keep"/>.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="CreatedUtc">When the statement was made.</param>
/// <param name="IsNew">Whether it was made just now; else an older one of the same pair stands.</param>
/// <param name="PutAside">Where the commitment of another pair is now, which had this path; null if there was none.</param>
public sealed record KeptCommitment(string Path, byte[] Bytes, DateTimeOffset CreatedUtc, bool IsNew, string? PutAside);

/// <summary>Commitments as files. What they prove is their age, so none is ever overwritten by a younger one.</summary>
public static class CommitmentFiles
{
    /// <summary>Finds the commitment of a pair.</summary>
    /// <param name="chosen">The file that the user named; null to look for one.</param>
    /// <param name="pairFile">The pair's file; null if it is from a store.</param>
    /// <param name="pair">The pair.</param>
    /// <param name="pairBytes">Its file's content.</param>
    /// <returns>
    /// The chosen file, whatever it says. Else the oldest commitment to this pair among <c>PAIRFILE.intoto.json</c> and
    /// <c>MODEL*.intoto.json</c> beside the pair's file and in the current folder; null if there is none.
    /// </returns>
    /// <exception cref="UtafException">UTAF1002, UTAF1003: the chosen file is not there or cannot be read.</exception>
    public static CommitmentFile? Find(string? chosen, string? pairFile, FingerprintPair pair, byte[] pairBytes)
    {
        ArgumentNullException.ThrowIfNull(pair);
        if (chosen is not null)
        {
            return new(chosen, Read(chosen));
        }

        // A folder's files of this ending may be anybody's: what is no commitment to this pair is passed over.
        var candidates = Candidates(pairFile, pair.Manifest.Model.Name)
            .Select(TryRead)
            .OfType<Candidate>()
            .ToList();
        var salted = candidates.Count == 0 ? null : CommitmentSecrets.Of(pairBytes).SaltedSha256(pairBytes);
        return candidates
            .Where(candidate => candidate.Statement.Predicate.Pair.SaltedSha256 == salted)
            .OrderByDescending(candidate => Matches(candidate.Statement, pair, pairBytes))
            .ThenBy(candidate => candidate.Statement.Predicate.Created)
            .Select(candidate => candidate.File)
            .FirstOrDefault();
    }

    /// <summary>Refuses a path where something other than a commitment is, before hours of work rather than after.</summary>
    /// <exception cref="UtafException">UTAF1333: it is another file. UTAF1003: it cannot be read.</exception>
    public static void RequirePlace(string path)
    {
        if (File.Exists(path))
        {
            _ = Present(path, Read(path));
        }
    }

    /// <summary>Makes the commitment of a pair, unless there is one already; the oldest one stands.</summary>
    /// <param name="path">Its file. One that stands there and is not the oldest of this pair is put aside under another name.</param>
    /// <param name="pair">The pair.</param>
    /// <param name="pairBytes">Its file's content.</param>
    /// <param name="artifactName">The model file's name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="earlier">A commitment that is known from elsewhere, such as the store; null if none is.</param>
    /// <exception cref="UtafException">UTAF1333: the path has another file. UTAF1309: it cannot be written.</exception>
    public static KeptCommitment Keep(
        string path, FingerprintPair pair, byte[] pairBytes, string artifactName, TimeProvider time, byte[]? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(time);
        var present = File.Exists(path) ? Read(path) : null;
        List<(byte[] Bytes, FoundStatement Statement)> known = [];
        if (present is not null)
        {
            known.Add((present, Present(path, present)));
        }

        if (earlier is not null)
        {
            known.Add((earlier, FoundStatement.Read(earlier, path)));
        }

        // Sorting is stable: of two that are equally old the present one stands.
        var oldest = known
            .Where(one => Matches(one.Statement, pair, pairBytes))
            .OrderBy(one => one.Statement.Predicate.Created)
            .FirstOrDefault();
        var bytes = oldest.Bytes ?? Commitment.Make(pair, pairBytes, time.GetUtcNow(), artifactName);
        var putAside = present is not null && bytes != present ? PutAside(path, present) : null;
        if (bytes != present)
        {
            AtomicFile.Write(path, bytes);
        }

        return new(path, bytes, FoundStatement.Read(bytes, path).Predicate.Created!.Value, oldest.Bytes is null, putAside);
    }

    private static IEnumerable<string> Candidates(string? pairFile, string model)
    {
        if (pairFile is not null)
        {
            yield return Path.ChangeExtension(pairFile, null) + Commitment.Extension;
        }

        string[] folders = pairFile is null ? ["."] : [Path.GetDirectoryName(pairFile) is { Length: > 0 } beside ? beside : ".", "."];
        foreach (var folder in folders.DistinctBy(Path.GetFullPath).Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(folder, $"*{Commitment.Extension}").Order(StringComparer.Ordinal))
            {
                // A model's name may hold characters that a search pattern would take as its own.
                if (Path.GetFileName(file).StartsWith(model, StringComparison.Ordinal))
                {
                    yield return folder == "." ? Path.GetFileName(file) : file;
                }
            }
        }
    }

    private static Candidate? TryRead(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return new(new(path, bytes), FoundStatement.Read(bytes, path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or UtafException)
        {
            return null;
        }
    }

    private static bool Matches(FoundStatement statement, FingerprintPair pair, byte[] pairBytes) =>
        Commitment.Check(statement, pair, pairBytes, firstQuery: null, place: "").Matches;

    private static FoundStatement Present(string path, byte[] bytes)
    {
        try
        {
            return FoundStatement.Read(bytes, path);
        }
        catch (UtafException exception)
        {
            throw Errors.CommitmentInTheWay(path, exception);
        }
    }

    /// <summary>Named by its content, so putting aside twice leaves one file.</summary>
    private static string PutAside(string path, byte[] bytes)
    {
        var stem = path.EndsWith(Commitment.Extension, StringComparison.Ordinal) ? path[..^Commitment.Extension.Length] : path;
        var aside = $"{stem}.{FingerprintPairFile.Sha256(bytes)[..12]}{Commitment.Extension}";
        AtomicFile.Write(aside, bytes);
        return aside;
    }

    private static byte[] Read(string path) => InputFile.Read(path, $"a commitment ({Commitment.Extension})");

    /// <summary>A file that may be the commitment that is looked for.</summary>
    private sealed record Candidate(CommitmentFile File, FoundStatement Statement);
}
