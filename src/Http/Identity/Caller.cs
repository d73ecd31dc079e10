using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Scoring.Serving;

namespace Scoring.Http.Identity;

/// <summary>Who calls, and what it may do. Immutable; one serves many requests.</summary>
/// <param name="book">Where its use is counted.</param>
/// <param name="id">Stands for the caller in telemetry and history: <c>entra:OBJECT-ID</c>, or <c>key:</c> and the first twelve digits of the key's SHA-256.</param>
/// <param name="roles">What it may do.</param>
/// <param name="models">The models that it may use; null for every one.</param>
/// <param name="isIdentity">Whether it is known by an identity; false for the holder of a function key.</param>
internal sealed class Caller(CallerBook book, string id, CallerRoles roles, FrozenSet<string>? models, bool isIdentity)
{
    private readonly FrozenSet<string>? models = models;

    public string Id { get; } = id;

    public CallerRoles Roles { get; } = roles;

    public bool IsIdentity { get; } = isIdentity;

    /// <summary>The caller of a request; null where nobody asked who it is.</summary>
    public static Caller? Of(HttpContext context) => context.Features.Get<Caller>();

    /// <summary>Of these models those that the caller of a request may use.</summary>
    public static IReadOnlyList<ModelStatus> Visible(HttpContext context, IReadOnlyList<ModelStatus> all) =>
        Of(context) is { models: not null } caller ? [.. all.Where(model => caller.MayUse(model.Name))] : all;

    /// <summary>Whether it may use a model.</summary>
    public bool MayUse(string model) => models is null || models.Contains(model);

    /// <exception cref="CallerException">It may not use the model, whether there is one of that name or not.</exception>
    public void RequireModel(string model)
    {
        if (!MayUse(model))
        {
            throw new CallerException(ErrorCode.Forbidden, $"No role or group of the caller lists the model '{model}'.", CallerException.InsufficientScope);
        }
    }

    /// <summary>Counts rows that the caller asks of a model, before they are run.</summary>
    /// <exception cref="ScoringException"><see cref="ErrorCode.QuotaExceeded"/>, or the rows are more than its quota of a minute.</exception>
    public void Ask(string model, int rows) => book.Ask(this, model, rows);

    /// <summary>Counts the bytes of a body whose length was not told before.</summary>
    /// <inheritdoc cref="Ask" path="/exception"/>
    public void Send(long bytes) => book.Send(this, bytes);

    /// <summary>Counts a request.</summary>
    /// <inheritdoc cref="Ask" path="/exception"/>
    public void Arrive(long? bytes) => book.Arrive(this, bytes);
}
