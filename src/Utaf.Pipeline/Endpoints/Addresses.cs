namespace Utaf.Endpoints;

/// <summary>What may be shown of an address, and which addresses are one host.</summary>
internal static class Addresses
{
    /// <summary>Without query string, fragment and user information, which may hold keys.</summary>
    public static string WithoutSecrets(this Uri address) =>
        address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Scheme, host and port.</summary>
    public static string Origin(this Uri address) =>
        address.GetComponents(UriComponents.SchemeAndServer | UriComponents.StrongPort, UriFormat.UriEscaped);
}
