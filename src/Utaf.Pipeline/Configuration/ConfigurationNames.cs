namespace Utaf.Configuration;

/// <summary>
/// What a schema cannot say of a configuration, or not well: that a suspect is one thing, that names are unique and name something.
/// </summary>
internal static class ConfigurationNames
{
    /// <summary>Checks a bound configuration.</summary>
    /// <param name="configuration">What was bound.</param>
    /// <param name="root">The file that it was bound from, for the places.</param>
    /// <exception cref="UtafException">UTAF1019, UTAF1020, UTAF1021.</exception>
    public static void Check(UtafConfiguration configuration, PlacedValue root)
    {
        var suspects = configuration.Suspects.Zip(root["suspects"]?.Items ?? []).ToList();
        foreach (var (suspect, value) in suspects)
        {
            if (suspect.Path is null == suspect.Url is null)
            {
                throw Errors.NotOneSuspect(value.Position.ToString(), Shown(suspect), both: suspect.Url is not null);
            }
        }

        RequireUnique("model", configuration.Models, model => $"{model.Name}@{model.ReleasedVersion}", root["models"]);
        RequireUnique("suspect", configuration.Suspects, suspect => suspect.Name, root["suspects"]);
        var models = configuration.Models.Select(model => model.Name).Distinct().ToList();
        foreach (var (suspect, value) in suspects)
        {
            RequireModel(suspect, value, models);
        }
    }

    private static void RequireUnique<T>(string what, IReadOnlyList<T> entries, Func<T, string> name, PlacedValue? list)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
        {
            if (!seen.Add(name(entries[i])))
            {
                throw Errors.RepeatedName(list!.Items[i]["name"]!.Position.ToString(), what, Reports.Untrusted.Line(name(entries[i])));
            }
        }
    }

    /// <summary>Who only verifies lists no models: then any name goes, and the store knows it or not.</summary>
    private static void RequireModel(SuspectSettings suspect, PlacedValue value, List<string> models)
    {
        if (suspect.Model is null && models.Count > 1)
        {
            throw Errors.UnknownSuspectModel(value.Position.ToString(), Shown(suspect), "does not name its model", models);
        }

        if (suspect.Model is not null && models.Count > 0 && !models.Contains(suspect.Model))
        {
            var nearest = NearestWord.Of(suspect.Model, models) is { } word ? $"; did you mean '{word}'?" : "";
            throw Errors.UnknownSuspectModel(
                value["model"]!.Position.ToString(), Shown(suspect), $"names the unknown model '{suspect.Model}'{nearest}", models);
        }
    }

    private static string Shown(SuspectSettings suspect) => Reports.Untrusted.Line(suspect.Name);
}
