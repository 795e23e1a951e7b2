using System.Globalization;

namespace Utaf.Stores;

/// <summary>How we are known to Azure, and what to say when that does not do. It keeps no secret.</summary>
/// <param name="Kind">How.</param>
/// <param name="Variable">The environment variable with the connection string or signature; empty for an identity.</param>
/// <param name="Start">When a shared access signature begins to be valid, if it says so.</param>
/// <param name="Expiry">When it ends, if it says so.</param>
internal sealed record AzureAccess(AzureAccessKind Kind, string Variable = "", DateTimeOffset? Start = null, DateTimeOffset? Expiry = null)
{
    private const string Permissions = "read, create, write and list (sp=rcwl; rl is enough for list, pull and verify); an account's signature also the service blob (ss=b) and the resource types container and object (srt=co)";

    /// <summary>What is not secret of a shared access signature.</summary>
    public static AzureAccess OfSas(string variable, string signature) =>
        new(AzureAccessKind.Sas, variable, Time(signature, "st"), Time(signature, "se"));

    /// <summary>Who was not accepted, and what to do.</summary>
    public string Refused => Kind switch
    {
        AzureAccessKind.Connection => $"check the connection string in the environment variable {Variable}: the account's name and key belong together, and the key may have been renewed.",
        AzureAccessKind.Sas => $"check the shared access signature in the environment variable {Variable}: it must be whole, of this account, and signed with a key that was not renewed since.",
        _ => "check that the identity DefaultAzureCredential finds (az login, managed identity, AZURE_CLIENT_ID …) belongs to the storage account's tenant.",
    };

    /// <summary>What is missing for something.</summary>
    public string Missing(AzureNeed need) => Kind switch
    {
        AzureAccessKind.Connection => $"the connection string in the environment variable {Variable} does not allow {Words(need).What}. If it has a shared access signature, that needs the permissions {Permissions}; otherwise check the account's firewall and that it allows access by key.",
        AzureAccessKind.Sas => $"the shared access signature in the environment variable {Variable} does not allow {Words(need).What} (sp must have '{Words(need).Letter}'), or the account's firewall does not let this machine in. A store needs the permissions {Permissions}.",
        _ => $"the identity may not do {Words(need).What}. Give it the role 'Storage Blob Data Contributor' on the container ('Storage Blob Data Reader' is enough for list, pull and verify), and check the account's firewall. A new role takes some minutes to work.",
    };

    private static (string What, string Letter) Words(AzureNeed need) => need switch
    {
        AzureNeed.Read => ("reading", "r"),
        AzureNeed.Write => ("writing", "cw"),
        _ => ("listing", "l"),
    };

    private static DateTimeOffset? Time(string signature, string name)
    {
        var found = signature.Split('&').FirstOrDefault(part => part.StartsWith($"{name}=", StringComparison.Ordinal));
        return found is not null && DateTimeOffset.TryParse(
            Uri.UnescapeDataString(found[(name.Length + 1)..]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : null;
    }
}
