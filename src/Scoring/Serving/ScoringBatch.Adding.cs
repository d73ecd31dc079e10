using System.Text.Json;
using Scoring.Configuration;
using Scoring.Csv;
using Scoring.Features;

namespace Scoring.Serving;

/// <content>Reading instances into rows.</content>
public sealed partial class ScoringBatch
{
    /// <summary>Adds the instance that the reader stands on and leaves the reader on the instance's last token.</summary>
    /// <param name="reader">On the instance's first token.</param>
    /// <param name="instance">Index of the instance in its request, for pointers; negative for a row that stands alone.</param>
    /// <param name="faults">Receives what is wrong.</param>
    /// <param name="unknown">Receives unknown features instead of <paramref name="faults"/>; null to go by the model's own rule.</param>
    /// <returns>False when no row was added and <paramref name="faults"/> says why.</returns>
    /// <exception cref="JsonException">The bytes are no JSON.</exception>
    public bool TryAdd(ref Utf8JsonReader reader, int instance, FaultList faults, UnknownFeatures? unknown = null)
    {
        var site = new FaultSite(faults, instance);
        var wasRead = model.Encoder.TryRead(ref reader, run.Inputs, seen, ref site, unknown);
        return Keep(wasRead, site);
    }

    /// <summary>Adds a record that is one JSON instance and nothing else.</summary>
    /// <param name="record">UTF-8.</param>
    /// <param name="faults">Receives what is wrong, <see cref="ErrorCode.InvalidJson"/> included.</param>
    /// <param name="unknown">Receives unknown features instead of <paramref name="faults"/>; null to go by the model's own rule.</param>
    /// <returns>False when no row was added and <paramref name="faults"/> says why.</returns>
    public bool TryAdd(ReadOnlySpan<byte> record, FaultList faults, UnknownFeatures? unknown)
    {
        var site = new FaultSite(faults, -1);
        var wasRead = false;
        try
        {
            var reader = new Utf8JsonReader(record);
            reader.Read();
            wasRead = model.Encoder.TryRead(ref reader, run.Inputs, seen, ref site, unknown);

            // The reader throws by itself on anything behind a value at its root.
            reader.Read();
        }
        catch (JsonException exception)
        {
            wasRead = false;
            faults.Clear();
            faults.Add(ErrorCode.InvalidJson, "", $"no JSON: {exception.Message}{BareNumbers.Advice(record)}");
        }

        return Keep(wasRead, site);
    }

    /// <summary>Adds a CSV record whose columns were bound by <see cref="CsvBinding"/>. A blank cell is NaN where the model takes that for a missing number, and otherwise a missing feature, also where the feature has a default.</summary>
    /// <returns>False when no row was added and <paramref name="faults"/> says why.</returns>
    public bool TryAdd(CsvBinding binding, CsvRow row, int instance, FaultList faults)
    {
        var site = new FaultSite(faults, instance);
        return Keep(binding.TryRead(row, run.Inputs, seen, site), site);
    }

    /// <summary>Adds a row of <see cref="TypedValue"/>s, one for each column that was bound by <see cref="CsvBinding"/>. NULL is a missing feature, also where the feature has a default.</summary>
    /// <returns>False when no row was added and <paramref name="faults"/> says why.</returns>
    internal bool TryAddTyped(CsvBinding binding, ReadOnlySpan<byte> row, FaultList faults)
    {
        var site = new FaultSite(faults, -1);
        return Keep(binding.TryRead(row, run.Inputs, seen, site), site);
    }

    private bool TryAddExample() => model.Encoder.Example() is { } example && TryAdd(example, new FaultList(), unknown: null);

    private bool Keep(bool wasRead, FaultSite site)
    {
        if (wasRead && RowsAgree(site))
        {
            foreach (var input in run.Inputs)
            {
                if (input.HasPending)
                {
                    input.Commit();
                }
            }

            Count++;
            return true;
        }

        foreach (var input in run.Inputs)
        {
            input.Rollback();
        }

        return false;
    }

    // Optional inputs are given by every instance or by none.
    private bool RowsAgree(FaultSite site)
    {
        var agree = true;
        foreach (var input in run.Inputs)
        {
            if (input.Optional && Count > 0 && input.HasPending != (input.Count > 0))
            {
                const string Expected = "expected in all or in none";
                if (input.HasPending)
                {
                    site.Add(ErrorCode.InvalidValue, input.Spec.Name, $"given here but not in the instances before; {Expected}");
                }
                else
                {
                    site.AddAbsent(ErrorCode.InvalidValue, input.Spec.Name, $"missing here but given in the instances before; {Expected}");
                }

                agree = false;
            }
        }

        return agree && run.InputsAgree(site);
    }
}
