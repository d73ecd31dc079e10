using Scoring.Inference;

namespace Scoring.Serving;

/// <content>A slot beside runs that turn out to be long.</content>
public sealed partial class RunGate
{
    private readonly List<ModelLine> overdue = [];

    /// <summary>
    /// Takes note of the runs that go on for long. Where they hold every slot and a model waits whose runs are short, as far as is known, one slot more is opened; it closes once a slot is free of them. Where there is one slot alone, it stays the only one.
    /// </summary>
    /// <param name="runs">Those that may go on.</param>
    /// <param name="now">The time.</param>
    /// <param name="length">From how long on a run is overdue, in timestamps.</param>
    internal void NoteOverdue(RunLimit[] runs, long now, long length)
    {
        if (slots == 1)
        {
            return;
        }

        lock (gate)
        {
            Shut();
            Mark(runs, now, length);
            limits.Review(models.Values, now);
            while (limits.Spares > limits.MaxSpares)
            {
                limits.Spares--;
                CloseSpare();
            }

            if (limits.Spares < limits.MaxSpares && lines.IsPromptAsking)
            {
                limits.Spares++;
                idle++;
            }
        }

        HandOver();
    }

    private void Mark(RunLimit[] runs, long now, long length)
    {
        foreach (var line in overdue)
        {
            line.Overdue = 0;
        }

        overdue.Clear();
        limits.Overdue = 0;
        foreach (var run in runs)
        {
            if (run.Holder is ModelLine line && run.IsOverdue(now, length))
            {
                overdue.Add(line);
                line.Overdue++;
                limits.Overdue++;
            }
        }
    }

    private void CloseSpare()
    {
        if (idle > 0)
        {
            idle--;
            return;
        }

        tooMany++;
        tooManySpares++;
    }
}
