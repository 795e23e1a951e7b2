namespace Utaf.Data;

/// <summary>
/// A folder of images by class: the sub-folders, in ordinal order of their names, are the classes 0, 1, 2 … Images that lie in the folder
/// itself, without sub-folders, have no labels. All images have one size; pixels are 0 to 255. Hidden files and folders are passed over.
/// </summary>
internal sealed class ImageFolderFormat : IDataFormat
{
    public string Description => "a folder of images by class (.png, .pgm, .ppm)";

    public bool Recognises(string path) => Directory.Exists(path);

    public DataTable Read(string path, DataOptions options)
    {
        options.RequireNoColumns("images");
        var classes = Directory.GetDirectories(path).Where(folder => !Path.GetFileName(folder).StartsWith('.'))
            .Order(StringComparer.Ordinal).ToArray();
        var unlabelled = Images(path);
        if (classes.Length > 0 && unlabelled.Length > 0)
        {
            throw Errors.BadDataFile(
                path, "images either in sub-folders, one per class, or in the folder itself", $"both, such as {unlabelled[0]}");
        }

        var files = classes.Length == 0
            ? unlabelled.Select(file => (File: file, Class: 0)).ToArray()
            : classes.SelectMany((folder, label) => Images(folder).Select(file => (File: file, Class: label))).ToArray();
        if (files.Length == 0)
        {
            throw Errors.BadDataFile(path, "images (.png, .pgm, .ppm) in sub-folders, one per class", "none");
        }

        var labelled = classes.Length > 0 && !options.WithoutLabels;
        var (shape, pixels) = ReadAll([.. files.Select(file => file.File)]);
        return new DataTable(shape, pixels, labelled ? 1 : 0, labelled ? [.. files.Select(file => (float)file.Class)] : [], path);
    }

    private static string[] Images(string folder) =>
        [.. Directory.GetFiles(folder).Where(ImageFile.Recognises).Order(StringComparer.Ordinal)];

    private static (int[] Shape, float[] Pixels) ReadAll(string[] files)
    {
        var first = ImageFile.Read(files[0]);
        var pixels = new float[(long)files.Length * first.Pixels.Length];
        for (var i = 0; i < files.Length; i++)
        {
            var image = ImageFile.Read(files[i]);
            if ((image.Channels, image.Height, image.Width) != (first.Channels, first.Height, first.Width))
            {
                throw Errors.BadDataFile(
                    files[i], $"{Describe(first)} as {files[0]} has", $"{Describe(image)}. Bring all images to one size and kind");
            }

            image.Pixels.CopyTo(pixels, (long)i * first.Pixels.Length);
        }

        return ([first.Channels, first.Height, first.Width], pixels);
    }

    private static string Describe(ImageFile image) =>
        $"{image.Width}x{image.Height} pixels in {(image.Channels == 1 ? "grey" : "colour")}";
}
