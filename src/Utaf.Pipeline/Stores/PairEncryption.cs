using System.Security.Cryptography;
using System.Text;
using Utaf.Configuration;
using Utaf.Fingerprints;

namespace Utaf.Stores;

/// <summary>Encryption of pairs where they are stored: AES-256-GCM (NIST SP 800-38D) with keys derived by HKDF-SHA-256 (RFC 5869).</summary>
/// <remarks>
/// <para>The bytes: magic [8] · key id [8] · nonce [12] · ciphertext · tag [16]. Associated data: key id · <c>model/version/sha256</c>.</para>
/// <para>
/// The nonce is a HMAC of the associated data, and so of the pair's digest: no nonce is used for two contents, and the same pair
/// under the same key gives the same bytes, so that a put that was killed can be repeated.
/// </para>
/// </remarks>
internal sealed class PairEncryption
{
    /// <summary>The variable that holds the key unless another is named.</summary>
    public const string DefaultVariable = "UTAF_STORE_KEY";

    private const string Algorithm = "AES-256-GCM";
    private const int KeySize = 32;
    private const int KeyIdSize = 8;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int CiphertextStart = 8 + KeyIdSize + NonceSize;

    private readonly byte[] cipherKey;
    private readonly byte[] nonceKey;
    private readonly byte[] keyId;

    private PairEncryption(byte[] key)
    {
        cipherKey = Derive(key, "cipher", KeySize);
        nonceKey = Derive(key, "nonce", KeySize);
        keyId = Derive(key, "key id", KeyIdSize);
    }

    /// <summary>As a safetensors header's length this would be beyond any file.</summary>
    private static ReadOnlySpan<byte> Magic => "UTAFENC1"u8;

    /// <summary>Reads the key from the environment.</summary>
    /// <param name="secret">The variable; null: <see cref="DefaultVariable"/> if it is set.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <returns>Null if no key is named and the default variable is not set.</returns>
    /// <exception cref="UtafException">UTAF1012: the variable is named and not set, or empty. UTAF1310: it holds no key.</exception>
    public static PairEncryption? Read(Secret? secret, Func<string, string?> environment)
    {
        // An empty default is an error too: it comes from a pipeline whose secret is missing, and nothing may then be stored in the clear.
        if (secret is null && environment(DefaultVariable) is null)
        {
            return null;
        }

        secret ??= new Secret(DefaultVariable);
        var text = secret.Read("The store's encryption key", environment).Trim();
        var key = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, key, out var size))
        {
            throw Errors.BadStoreKey(secret.Variable, "no base64");
        }

        return size == KeySize ? new PairEncryption(key[..KeySize]) : throw Errors.BadStoreKey(secret.Variable, $"{size} bytes long");
    }

    /// <summary>Whether stored bytes are encrypted.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> stored) => stored.StartsWith(Magic) && stored.Length >= CiphertextStart + TagSize;

    /// <summary>How stored bytes are encrypted; null if they are not.</summary>
    public static EncryptionRecord? Describe(byte[] stored) =>
        IsEncrypted(stored) ? new EncryptionRecord(Algorithm, KeyIdOf(stored), FingerprintPairFile.Sha256(stored)) : null;

    /// <summary>The bytes to store for a pair.</summary>
    public byte[] Encrypt(byte[] pair, StoredPair place)
    {
        var stored = new byte[CiphertextStart + pair.Length + TagSize];
        var associated = AssociatedData(place);
        var nonce = HMACSHA256.HashData(nonceKey, associated).AsSpan(0, NonceSize);
        Magic.CopyTo(stored);
        keyId.CopyTo(stored, Magic.Length);
        nonce.CopyTo(stored.AsSpan(Magic.Length + KeyIdSize));
        using var cipher = new AesGcm(cipherKey, TagSize);
        cipher.Encrypt(nonce, pair, stored.AsSpan(CiphertextStart, pair.Length), stored.AsSpan(CiphertextStart + pair.Length), associated);
        return stored;
    }

    /// <summary>The pair in encrypted bytes.</summary>
    /// <param name="encryption">The key that was given, if any.</param>
    /// <param name="stored">The encrypted bytes.</param>
    /// <param name="pair">Which pair it should be.</param>
    /// <param name="place">Where they are, for an error.</param>
    /// <returns>Null if the bytes were altered, or belong to another pair.</returns>
    /// <exception cref="UtafException">UTAF1311: there is no key. UTAF1312: it is another one.</exception>
    public static byte[]? Decrypt(PairEncryption? encryption, byte[] stored, StoredPair pair, string place)
    {
        if (encryption is null)
        {
            throw Errors.StoreKeyMissing(place, KeyIdOf(stored));
        }

        return stored.AsSpan(Magic.Length, KeyIdSize).SequenceEqual(encryption.keyId)
            ? encryption.Decrypt(stored, pair)
            : throw Errors.OtherStoreKey(place, KeyIdOf(stored), Convert.ToHexStringLower(encryption.keyId));
    }

    private static string KeyIdOf(byte[] stored) => Convert.ToHexStringLower(stored.AsSpan(Magic.Length, KeyIdSize));

    private static byte[] Derive(byte[] key, string purpose, int size) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, size, info: Encoding.UTF8.GetBytes($"utaf store {purpose}"));

    private byte[]? Decrypt(byte[] stored, StoredPair place)
    {
        var pair = new byte[stored.Length - CiphertextStart - TagSize];
        try
        {
            using var cipher = new AesGcm(cipherKey, TagSize);
            cipher.Decrypt(
                stored.AsSpan(Magic.Length + KeyIdSize, NonceSize),
                stored.AsSpan(CiphertextStart, pair.Length),
                stored.AsSpan(^TagSize..),
                pair,
                AssociatedData(place));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return FingerprintPairFile.Sha256(pair) == place.Sha256 ? pair : null;
    }

    private byte[] AssociatedData(StoredPair place) => [.. keyId, .. Encoding.UTF8.GetBytes($"{place.Model}/{place.Version}/{place.Sha256}")];
}
