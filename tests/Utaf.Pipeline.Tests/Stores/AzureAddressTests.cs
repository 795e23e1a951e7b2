using Utaf.Stores;

namespace Utaf.Pipeline.Tests.Stores;

public sealed class AzureAddressTests
{
    private const string Leak = "SuperSecretValue";

    [Theory]
    [InlineData("azblob://models/utaf", "azblob://models/utaf")]
    [InlineData("azblob://models/utaf/", "azblob://models/utaf")]
    [InlineData("azblob://models/utaf/a/b/", "azblob://models/utaf/a/b")]
    [InlineData("azblob://models/utaf?sas=SAS", "azblob://models/utaf?sas=SAS")]
    [InlineData("azblob://models/utaf?sas=env:SAS", "azblob://models/utaf?sas=SAS")]
    [InlineData("azblob://models/utaf?endpoint=https://models.blob.core.usgovcloudapi.net&sas=SAS", "azblob://models/utaf?sas=SAS&endpoint=https://models.blob.core.usgovcloudapi.net")]
    [InlineData("azblob:?prefix=/a/&container=utaf&connection=CONNECTION", "azblob:?connection=CONNECTION&container=utaf&prefix=a")]
    public void An_address_is_kept_in_its_plainest_form(string address, string kept) =>
        Assert.Equal(kept, FingerprintStores.Open(address, environment: Environment).Address);

    [Theory]
    [InlineData("azblob:", "azblob:")]
    [InlineData("azblob:models/utaf", "azblob:models/utaf")]
    [InlineData("azblob://models", "azblob://models")]
    [InlineData("azblob://Models/utaf", "azblob://Models/utaf")]
    [InlineData("azblob://models/UTAF", "azblob://models/UTAF")]
    [InlineData("azblob://models/u--taf", "azblob://models/u--taf")]
    [InlineData("azblob://models/utaf/../up", "azblob://models/utaf/../up")]
    [InlineData("azblob://models/utaf/a b", "azblob://models/utaf/a b")]
    [InlineData("azblob://models/utaf?sas=SAS&sas=SAS", "azblob://models/utaf…")]
    [InlineData("azblob://models/utaf?unknown=" + Leak, "azblob://models/utaf…")]
    [InlineData("azblob://models/utaf?sv=2024&sig=" + Leak, "azblob://models/utaf…")]
    [InlineData("azblob://models/utaf?sas=sv=2024&sig=" + Leak, "azblob://models/utaf…")]
    [InlineData("azblob://models/utaf?sas=sig%3D" + Leak, "azblob://models/utaf…")]
    [InlineData("azblob://models/utaf?endpoint=http://storage.example.com", "azblob://models/utaf…")]
    [InlineData("azblob://models/utaf?endpoint=https://storage.example.com?sig=" + Leak, "azblob://models/utaf…")]
    [InlineData("azblob://models/utaf?endpoint=https://" + Leak + "@storage.example.com", "azblob://models/utaf…")]
    [InlineData("azblob://models/utaf?endpoint=http://127.0.0.1:10000/models", "azblob://models/utaf…")]
    [InlineData("azblob:?container=utaf", "azblob:…")]
    [InlineData("azblob:?connection=CONNECTION", "azblob:…")]
    [InlineData("azblob:?connection=AccountName=a;AccountKey=" + Leak + "&container=utaf", "azblob:…")]
    public void An_impossible_address_is_refused_and_no_secret_in_it_is_shown(string address, string shown)
    {
        var error = Assert.Throws<UtafException>(() => FingerprintStores.Open(address, environment: Environment));

        Assert.Equal("UTAF1314", error.Diagnostic.Code);
        Assert.Equal(shown, error.Diagnostic.Origin);
        Assert.DoesNotContain(Leak, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + Leak)]
    [InlineData("https://models.blob.core.windows.net/utaf?sig=" + Leak)]
    [InlineData("AccountKey=" + Leak)]
    public void A_secret_that_is_given_for_an_address_is_not_shown(string address)
    {
        var error = Assert.Throws<UtafException>(() => FingerprintStores.Open(address, environment: Environment));

        Assert.Equal("UTAF1306", error.Diagnostic.Code);
        Assert.DoesNotContain(Leak, error.Diagnostic.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azblob:?connection=BROKEN&container=utaf")]
    [InlineData("azblob:?connection=HALF&container=utaf")]
    [InlineData("azblob:?connection=BADKEY&container=utaf")]
    [InlineData("azblob://models/utaf?sas=BROKEN")]
    [InlineData("azblob://models/utaf?sas=HALF")]
    public void A_variable_that_holds_something_else_is_an_error_that_names_it_and_not_its_value(string address)
    {
        var error = Assert.Throws<UtafException>(() => FingerprintStores.Open(address, environment: Environment));

        Assert.Equal("UTAF1315", error.Diagnostic.Code);
        Assert.Matches("BROKEN|HALF|BADKEY", error.Message);
        Assert.DoesNotContain(Leak, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azblob:?connection=UNSET&container=utaf")]
    [InlineData("azblob://models/utaf?sas=UNSET")]
    public void A_variable_that_is_not_set_is_named(string address)
    {
        var error = Assert.Throws<UtafException>(() => FingerprintStores.Open(address, environment: Environment));

        Assert.Equal("UTAF1012", error.Diagnostic.Code);
        Assert.Contains("UNSET", error.Message, StringComparison.Ordinal);
    }

    private static string? Environment(string name) => name switch
    {
        "SAS" => "?sv=2024-11-04&sp=rl&sig=abc",
        "CONNECTION" => Azurite.Connection(new Uri("http://127.0.0.1:1/devstoreaccount1")),
        "BROKEN" => Leak,
        "HALF" => $"DefaultEndpointsProtocol=https;AccountName={Leak}",
        "BADKEY" => $"DefaultEndpointsProtocol=https;AccountName=models;AccountKey={Leak}!;EndpointSuffix=core.windows.net",
        _ => null,
    };
}
