using System.Globalization;

namespace Utaf.Data;

/// <summary>What a classifier's labels have to be.</summary>
public static class Labels
{
    /// <summary>Refuses data that is not labelled with the classes of a model.</summary>
    /// <param name="table">The data; its one target per example is the class.</param>
    /// <param name="classes">How many classes the model tells apart, at least 2.</param>
    /// <exception cref="UtafException">
    /// UTAF1206: there is not exactly one label per example. UTAF1204: a label is not a whole number in [0, classes).
    /// UTAF1205: fewer than two different classes are present.
    /// </exception>
    public static void RequireClasses(DataTable table, int classes)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (table.TargetWidth != 1)
        {
            throw Errors.WrongDataShape(table.Origin, "one class label per example", table.TargetWidth == 0 ? "none" : $"{table.TargetWidth}");
        }

        var present = new HashSet<int>();
        for (var i = 0; i < table.Count; i++)
        {
            var label = table.Targets[i];
            if (!(label >= 0 && label < classes && float.IsInteger(label)))
            {
                throw Errors.LabelOutOfRange(table.Origin, table.RowOf(i), label.ToString("R", CultureInfo.InvariantCulture), classes);
            }

            present.Add((int)label);
        }

        if (present.Count < 2)
        {
            throw Errors.TooFewClasses(table.Origin, present.Count);
        }
    }
}
