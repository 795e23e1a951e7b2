using System.Globalization;
using System.Net;
using Utaf.Configuration;
using Utaf.Endpoints.Protocols;
using Utaf.Fingerprints;
using Utaf.Verification;

namespace Utaf.Endpoints;

/// <summary>A suspect behind a prediction API: sends the fingerprint in batches and gathers the answers.</summary>
/// <param name="suspect">The suspect, with its address.</param>
/// <param name="protocol">How it is spoken to.</param>
/// <param name="outputWidth">d_out of the pair, at least 1.</param>
/// <param name="connections">The way to it.</param>
/// <param name="transcript">The evidence; answers in it are not asked again.</param>
/// <exception cref="UtafException">
/// UTAF1012: a secret's variable is not set. UTAF1635: its value cannot be sent. UTAF1636: the client certificate cannot be used.
/// </exception>
public sealed class ApiSuspect(
    SuspectSettings suspect, IPredictionProtocol protocol, int outputWidth, ApiConnections connections, Transcript transcript) : ISuspect
{
    private const int CheckedAgain = 8;

    /// <summary>After so many failures in a row the rest is not asked.</summary>
    private const int MostFailures = 3;

    private readonly ApiConnection connection = connections.Connect(suspect);
    private readonly Random random = new(int.Parse(transcript.QuestionSha256.AsSpan(0, 7), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    private Uri address = protocol.Address;

    // An interrupted verification goes on as if nothing had happened: what was answered then counts.
    private bool hasAnswered = transcript.Answers.Rows.Count > 0;
    private ApiFailure? firstFailure;

    /// <inheritdoc/>
    public string Name => suspect.Name;

    /// <summary>The most inputs that may be sent to a suspect in one verification, repeats counted: as set, or three times N.</summary>
    public static int QueryBudget(LimitSettings limits, int inputs)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return limits.QueryBudget ?? (int)Math.Min(3L * inputs, int.MaxValue);
    }

    /// <inheritdoc/>
    /// <exception cref="UtafException">
    /// UTAF1601, UTAF1602: the suspect has other inputs or outputs. UTAF1625 to UTAF1633: it was never answered, and why.
    /// UTAF1634: the query budget is below N.
    /// </exception>
    public async Task<SuspectOutputs> QueryAsync(Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var budget = QueryBudget(suspect.Limits, fingerprint.Count);
        if (budget < fingerprint.Count)
        {
            throw Errors.QueryBudgetTooSmall(Name, budget, fingerprint.Count);
        }

        var order = Enumerable.Range(0, fingerprint.Count).ToArray();
        if (suspect.Limits.Shuffle)
        {
            random.Shuffle(order);
        }

        // A description is needed for the check of the order, too: it says what the tensors are called.
        if ((Missing(order).Length > 0 || CanCheckOrder(budget))
            && await ReadDescriptionAsync(cancellationToken).ConfigureAwait(false) is { } silence)
        {
            if (!hasAnswered)
            {
                throw silence.Error!;
            }

            firstFailure = silence;
            NoteUnchecked(silence.Reason);
            return Outputs(fingerprint.Count);
        }

        if (Missing(order).Length > 0)
        {
            if (protocol.Note is { } note)
            {
                transcript.Note(note);
            }

            await AskAsync(fingerprint, Missing(order), budget, cancellationToken).ConfigureAwait(false);

            // Once more what failed: a page of a proxy's, a moment's outage. A suspect that answered nothing would not now.
            if (hasAnswered && firstFailure is { IsFinal: false } && Missing(order).Length > 0)
            {
                await AskAsync(fingerprint, Missing(order), budget, cancellationToken).ConfigureAwait(false);
            }
        }

        if (Missing(order).Length == 0)
        {
            await CheckOrderAsync(fingerprint, budget, cancellationToken).ConfigureAwait(false);
        }

        return Outputs(fingerprint.Count);
    }

    private int[] Missing(int[] order) => [.. order.Where(example => !transcript.Answers.Rows.ContainsKey(example))];

    /// <returns>Why nothing can be asked; null if it can, described or not.</returns>
    private async Task<ApiFailure?> ReadDescriptionAsync(CancellationToken cancellationToken)
    {
        if (protocol.DescriptionAddress is not { } description)
        {
            return null;
        }

        var request = new ApiRequest(description, null, Queries: 0, Budget: 0, Read: CheckDescription, transcript);
        try
        {
            var reply = await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (DescribesNothing(reply.Status) || (protocol.DescriptionIsOptional && reply.Status == HttpStatusCode.NotFound))
            {
                transcript.Note($"The suspect does not describe its tensors (HTTP {(int)reply.Status}), so they were not checked before the first query.");
            }
            else if (!reply.IsSuccess)
            {
                return ApiFailure.Of(reply, request, suspect, connection.Credentials);
            }
        }
        catch (BadAnswerException bad)
        {
            transcript.Note($"The suspect's description was not understood, so its tensors were not checked: {Shown(bad)}.");
        }
        catch (AttemptsFailedException failed)
        {
            return ApiFailure.Of(failed, suspect, connection.Credentials);
        }

        return null;
    }

    /// <summary>Other failures, such as 404 or 401, will meet the queries too.</summary>
    private static bool DescribesNothing(HttpStatusCode status) => status is HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed
        or HttpStatusCode.NotAcceptable or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableContent or HttpStatusCode.NotImplemented;

    private void CheckDescription(byte[] body) => JsonBody.Read(body, description =>
    {
        protocol.CheckDescription(description);
        return true;
    });

    /// <summary>Asks the inputs batch by batch. A batch that fails is left out; the first contact must not fail.</summary>
    private async Task AskAsync(Fingerprint fingerprint, int[] examples, int budget, CancellationToken cancellationToken)
    {
        var failures = 0;
        foreach (var batch in examples.Chunk(BatchSize))
        {
            var (rows, failure) = await SendAsync(fingerprint, batch, budget, cancellationToken).ConfigureAwait(false);
            if (rows is not null)
            {
                transcript.Answers.Add(batch, rows);
                hasAnswered = true;
                failures = 0;
                continue;
            }

            if (!hasAnswered && failure!.Error is { } error)
            {
                throw error;
            }

            firstFailure ??= failure;
            if (failure is { IsFinal: true } || (++failures == MostFailures && hasAnswered))
            {
                firstFailure = firstFailure! with { IsFinal = true };
                return;
            }
        }
    }

    private int BatchSize => Math.Max(1, Math.Min(suspect.Limits.BatchSize, protocol.MaxBatch ?? int.MaxValue));

    private async Task<(float[][]? Rows, ApiFailure? Failure)> SendAsync(
        Fingerprint fingerprint, int[] examples, int budget, CancellationToken cancellationToken)
    {
        float[] values = [.. examples.SelectMany(example => fingerprint.Example(example).ToArray())];

        // The name in the request says nothing: who asks is the suspect's to guess.
        var batch = new QueryBatch((transcript.Sent + 1).ToString(CultureInfo.InvariantCulture), values, examples.Length);
        float[][]? rows = null;
        var request = new ApiRequest(
            address, protocol.Encode(batch), examples.Length, budget, body => rows = protocol.Decode(body, batch), transcript);
        try
        {
            var reply = await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (reply.IsSuccess)
            {
                address = reply.Address;
                return (rows, null);
            }

            return (null, ApiFailure.Of(reply, request, suspect, connection.Credentials));
        }
        catch (BadAnswerException bad)
        {
            var otherTask = bad.Width is { } width && width != outputWidth ? Errors.SuspectWidth(Name, outputWidth, width) : null;
            return (null, new ApiFailure(Shown(bad), otherTask));
        }
        catch (QueryBudgetSpentException)
        {
            return (null, ApiFailure.BudgetSpent(budget));
        }
        catch (AttemptsFailedException failed)
        {
            return (null, ApiFailure.Of(failed, suspect, connection.Credentials));
        }
    }

    /// <summary>
    /// Asks some inputs of one batch again, fewer and in another order: a service that reorders then gives them answers that were
    /// others' before.
    /// </summary>
    private async Task CheckOrderAsync(Fingerprint fingerprint, int budget, CancellationToken cancellationToken)
    {
        var answers = transcript.Answers;
        var batch = answers.Batches.MaxBy(examples => examples.Length)!;
        var room = Math.Min(CheckedAgain, budget - transcript.Queries);
        if (answers.Order is not null || batch.Length < 2)
        {
            return;
        }

        if (room < 1)
        {
            NoteUnchecked("the query budget leaves no room for it");
            return;
        }

        var places = Enumerable.Range(0, batch.Length).ToArray();
        random.Shuffle(places);
        places = places[..Math.Min(room, batch.Length - 1)];
        var (again, failure) = await SendAsync(fingerprint, [.. places.Select(place => batch[place])], budget, cancellationToken).ConfigureAwait(false);
        if (again is null)
        {
            NoteUnchecked(failure!.Reason);
            return;
        }

        answers.SetOrder(OrderCheck.Compare([.. batch.Select(example => answers.Rows[example])], places, again));
        if (answers.Order == OrderFinding.Varying)
        {
            transcript.Note("The suspect's answers vary between requests with the same inputs, by more than 0.001 of their size.");
        }
    }

    private bool CanCheckOrder(int budget) =>
        transcript.Answers.Order is null && transcript.Answers.Batches.Any(batch => batch.Length > 1) && transcript.Queries < budget;

    private void NoteUnchecked(string reason) =>
        transcript.Note($"Whether the answers come in the order of the inputs was not checked: {reason}.");

    private SuspectOutputs Outputs(int count)
    {
        var rows = transcript.Answers.Rows;
        var reordered = transcript.Answers.Order == OrderFinding.Changed;
        var missing = Enumerable.Range(0, count).Count(example => !rows.ContainsKey(example));
        return new SuspectOutputs(outputWidth, [.. Enumerable.Range(0, count).Select(example => reordered ? null : rows.GetValueOrDefault(example))])
        {
            Kind = suspect.Response.Kind,
            WhyMissing = reordered ? "Its answers come reordered: asked again in another order, inputs got the answers that others had got before."
                : missing > 0 ? $"{missing} of {count} answers are missing; the first request that failed: {firstFailure?.Reason}."
                : null,
        };
    }

    private string Shown(BadAnswerException bad) => ForeignText.Shown(connection.Credentials.Redact(bad.Message)).TrimEnd('.');
}
