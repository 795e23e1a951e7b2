using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Utaf.Endpoints;

/// <summary>What all suspects of one host share: its rate, and a circuit breaker that leaves a failing host alone for a while.</summary>
internal sealed class HostTraffic
{
    private readonly RequestPace pace;

    public HostTraffic(TimeProvider time)
    {
        pace = new RequestPace(time);
        Pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
            {
                // A host that answers now and then is asked on; one that fails nine times of ten gets a rest.
                FailureRatio = 0.9,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(5),
                ShouldHandle = failed => ValueTask.FromResult(IsDown(failed.Outcome)),
            })
            .AddStrategy(_ => new PaceStrategy(pace))
            .Build();
    }

    public ResiliencePipeline<HttpResponseMessage> Pipeline { get; }

    /// <summary>Asks for at most this many requests a second; the smallest that was asked holds.</summary>
    public void Limit(double? requestsPerSecond) => pace.Limit(requestsPerSecond);

    /// <summary>Whether another attempt may fare better: 408, 429, 5xx, a broken connection, a timeout, a resting host.</summary>
    public static bool IsTransient(Outcome<HttpResponseMessage> outcome) =>
        IsDown(outcome) || outcome.Exception is BrokenCircuitException || outcome.Result?.StatusCode == HttpStatusCode.TooManyRequests;

    private static bool IsDown(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: TimeoutRejectedException } => true,
        { Exception: HttpRequestException exception } => !exception.IsLasting(),
        { Exception: IOException } => true,
        { Result.StatusCode: HttpStatusCode.RequestTimeout } => true,
        { Result.StatusCode: HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported } => false,
        { Result.StatusCode: var status } => (int)status >= 500,
        _ => false,
    };

    /// <summary>Waits for the host's next turn. The wait is no part of an attempt's time limit.</summary>
    private sealed class PaceStrategy(RequestPace pace) : ResilienceStrategy
    {
        protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
        {
            try
            {
                await pace.WaitAsync(context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
            }
            catch (OperationCanceledException exception)
            {
                return Outcome.FromException<TResult>(exception);
            }

            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
        }
    }
}
