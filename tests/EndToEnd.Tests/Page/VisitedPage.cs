using Microsoft.Playwright;

namespace EndToEnd.Tests.Page;

/// <summary>A page in a browser context of its own, and what it said on its console.</summary>
internal sealed class VisitedPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];

    public VisitedPage(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complain(message.Text);
            }
        };
        page.PageError += (_, error) => Complain(error);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, uncaught exceptions and refusals of the content security policy.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (complaints)
            {
                return [.. complaints];
            }
        }
    }

    public ILocator this[string selector] => Page.Locator(selector);

    public ValueTask DisposeAsync() => context.DisposeAsync();

    private void Complain(string complaint)
    {
        lock (complaints)
        {
            complaints.Add(complaint);
        }
    }
}
