namespace Utaf.Torch;

/// <summary>Kernels of 3×3, for a convolution or for the way back through it. Whoever makes it keeps its memory in place.</summary>
/// <param name="taps">[3, 3, channels, kernels], the kernels filled up to whole panels with zeros.</param>
/// <param name="channels">What the kernels read, at least <see cref="ProductTiles.Lanes"/>.</param>
/// <param name="kernels">How many kernels, at least <see cref="ProductTiles.Lanes"/>.</param>
/// <param name="back">
/// Whether they take a gradient of the convolution's results to that of its images: kernels and channels change places, and each
/// kernel is turned by half a circle.
/// </param>
internal readonly unsafe struct WinogradKernels(float* taps, int channels, int kernels, bool back)
{
    /// <summary>Outputs of a panel: the columns of a wide tile, and of two others.</summary>
    public const int Panel = ProductTiles.WideWidth;

    /// <summary>Channels that are convolved.</summary>
    public int Inputs => back ? kernels : channels;

    /// <summary>Channels of the results.</summary>
    public int Outputs => back ? channels : kernels;

    /// <summary>Numbers that <see cref="Transform"/> needs room for.</summary>
    public int Room => back ? WinogradTransforms.Taps * kernels * Panel : 0;

    /// <summary>A count of kernels, filled up to whole panels.</summary>
    public static long Filled(long count) => (count + Panel - 1) / Panel * Panel;

    /// <summary>Transforms the kernels of a panel.</summary>
    /// <param name="panel">Its first output.</param>
    /// <param name="to">[36, inputs, <see cref="Panel"/>].</param>
    /// <param name="numberStep">From one of a kernel's 36 numbers to the next.</param>
    /// <param name="room">Room for <see cref="Room"/> numbers.</param>
    public void Transform(int panel, float* to, nint numberStep, float* room)
    {
        var inputStep = (nint)Filled(kernels);
        var tapStep = channels * inputStep;
        var from = taps + panel;
        if (back)
        {
            Turn(panel, room, inputStep, tapStep);
            from = room;
            (inputStep, tapStep) = (Panel, kernels * (nint)Panel);
        }

        for (var input = 0; input < Inputs; input++)
        {
            WinogradTransforms.Kernels(from + (input * inputStep), tapStep, to + ((nint)input * Panel), numberStep, Panel);
        }
    }

    private void Turn(int panel, float* room, nint channelStep, nint tapStep)
    {
        var outputs = Math.Min(Panel, channels - panel);
        if (outputs < Panel)
        {
            new Span<float>(room, Room).Clear();
        }

        for (var tap = 0; tap < WinogradTransforms.Taps; tap++)
        {
            var opposite = taps + ((WinogradTransforms.Taps - 1 - tap) * tapStep) + (panel * channelStep);
            Products.Transpose(new(opposite, outputs, kernels, (int)channelStep), new(room + ((nint)tap * kernels * Panel), kernels, outputs, Panel));
        }
    }
}
