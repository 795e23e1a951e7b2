namespace Utaf.Models;

/// <summary>How copies that learned the target's answers anew, as students do, are made up for the meta-verifier to learn from.</summary>
/// <param name="MostOfAnother">How far at most their answers are from the target's towards an honest model's, in (0, 1): at 1 they would be honest.</param>
/// <param name="Count">How many are made at each step of the meta-verifier.</param>
/// <param name="Weight">Of their part of the loss, above 0. By default the target weighs 0.2, and the members of each side 0.4 together.</param>
public sealed record RelearnedCopies(double MostOfAnother, int Count, double Weight);
