using System.Runtime.CompilerServices;
using Azure.Core;
using Azure.Identity;

namespace Utaf.Stores;

/// <summary>The only place that needs Azure.Identity and what it loads in turn.</summary>
internal static class AzureIdentity
{
    /// <summary>The environment, a workload or managed identity, or whoever is signed in at this machine, but nobody is asked.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TokenCredential Credential() => new DefaultAzureCredential(new DefaultAzureCredentialOptions { ExcludeInteractiveBrowserCredential = true });

    /// <summary>Whether no identity was found, or the one that was found got no token.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool IsFailure(Exception exception) => exception is AuthenticationFailedException;
}
