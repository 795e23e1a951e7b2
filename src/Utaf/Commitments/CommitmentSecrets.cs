using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Utaf.Fingerprints;

namespace Utaf.Commitments;

/// <summary>
/// What only the holder of a pair can compute: the salt that hides it and the key that seals its statement. Both come from its
/// secret tensors, so nothing besides the pair has to be kept to open the commitment.
/// </summary>
internal sealed class CommitmentSecrets
{
    private const int HeaderLengthSize = sizeof(ulong);

    private readonly byte[] salt;
    private readonly byte[] sealKey;

    private CommitmentSecrets(byte[] salt, byte[] sealKey) => (this.salt, this.sealKey) = (salt, sealKey);

    /// <summary>Derives them by HKDF-SHA256 (RFC 5869, no salt of its own) from the bytes behind the pair file's header.</summary>
    /// <param name="pairBytes">A pair's file that was read before.</param>
    public static CommitmentSecrets Of(byte[] pairBytes)
    {
        var header = BinaryPrimitives.ReadUInt64LittleEndian(pairBytes);
        var tensors = pairBytes.AsSpan(checked((int)(HeaderLengthSize + header)));
        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        HKDF.Extract(HashAlgorithmName.SHA256, tensors, salt: [], key);
        return new(Expand(key, "utaf commitment 1 salt"u8), Expand(key, "utaf commitment 1 seal"u8));
    }

    /// <summary>SHA-256 of the salt followed by the pair's file, hexadecimal.</summary>
    public string SaltedSha256(byte[] pairBytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        hash.AppendData(pairBytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>HMAC-SHA256 over everything that the statement says: whoever lacks the pair cannot change a word of it.</summary>
    public string Seal(CommitmentPredicate predicate, string artifactSha256) => Convert.ToHexStringLower(HMACSHA256.HashData(
        sealKey,
        Framed(
            "utaf-commitment-1",
            artifactSha256,
            predicate.Model.Name,
            predicate.Model.Version,
            predicate.Pair.SaltedSha256,
            predicate.Pair.Examples.ToString(CultureInfo.InvariantCulture),
            Bits(predicate.Pair.Threshold),
            predicate.Negatives.HeldOut.ToString(CultureInfo.InvariantCulture),
            predicate.Negatives.Sha256,
            predicate.Tool.Name,
            predicate.Tool.Version,
            predicate.CreatedUtc)));

    /// <summary>SHA-256 over the ensemble's plan and the held-out negatives, each with its matching rate, in the manifest's order.</summary>
    public static string NegativesSha256(PairManifest manifest) => Convert.ToHexStringLower(SHA256.HashData(Framed(
    [
        "utaf-negatives-1",
        manifest.Ensemble.Plan,
        .. manifest.HeldOut.Members.Where(member => !member.Stolen).SelectMany(member => new[] { member.Id, Bits(member.MatchingRate) }),
    ])));

    /// <summary>Texts one after the other, each with its length before it, so that no two lists of texts give the same bytes.</summary>
    private static byte[] Framed(params IEnumerable<string> texts)
    {
        var framed = new MemoryStream();
        Span<byte> length = stackalloc byte[sizeof(uint)];
        foreach (var text in texts)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)utf8.Length);
            framed.Write(length);
            framed.Write(utf8);
        }

        return framed.ToArray();
    }

    /// <summary>The 64 bits of a number (IEEE 754), hexadecimal: languages differ in how they write it in decimal.</summary>
    private static string Bits(double value) => BitConverter.DoubleToUInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture);

    private static byte[] Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> purpose)
    {
        var expanded = new byte[SHA256.HashSizeInBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, key, expanded, purpose);
        return expanded;
    }
}
