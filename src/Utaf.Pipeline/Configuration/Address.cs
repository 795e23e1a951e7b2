namespace Utaf.Configuration;

/// <summary>The addresses of prediction APIs, proxies and GitHub. They are never shown: they may hold passwords.</summary>
internal static class Address
{
    /// <summary>Refuses an address that is not http or https, holds a user name, or cannot be asked.</summary>
    /// <param name="value">The address.</param>
    /// <param name="name">The key that it stands at.</param>
    /// <param name="fits">Whether it has the form that the schema wants.</param>
    /// <exception cref="UtafException">UTAF1018.</exception>
    public static void Check(PlacedValue value, string name, bool fits)
    {
        var isAddress = Uri.TryCreate(value.Text, UriKind.Absolute, out var address);
        if (isAddress && fits && address!.Host.Length > 0)
        {
            return;
        }

        var detail = (isAddress, address) switch
        {
            (true, { Scheme: not ("http" or "https") }) => "it has another scheme.",
            (true, { UserInfo.Length: > 0 }) => "it has a user name or password. Give them under authentication, as env:NAME.",
            _ => "it cannot be read as one. Check its host, its port, and that it holds no spaces.",
        };
        throw Errors.BadAddress(value.Position.ToString(), name, detail);
    }
}
