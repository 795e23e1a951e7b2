namespace Utaf.Stores;

/// <summary>How we are known to Azure.</summary>
internal enum AzureAccessKind
{
    /// <summary>A connection string.</summary>
    Connection,

    /// <summary>A shared access signature.</summary>
    Sas,

    /// <summary>DefaultAzureCredential.</summary>
    Identity,
}

/// <summary>What a request is for.</summary>
internal enum AzureNeed
{
    /// <summary>Reading a blob.</summary>
    Read,

    /// <summary>Making a blob.</summary>
    Write,

    /// <summary>Listing the container's blobs.</summary>
    List,
}
