using Microsoft.Playwright;

namespace EndToEnd.Tests.Page;

/// <summary>A page in a browser context of its own, and what it said on its console.</summary>
internal sealed class VisitedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    public VisitedPage(IBrowserContext context, IPage page)
    {
        _context = context;
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
            lock (_complaints)
            {
                return [.. _complaints];
            }
        }
    }

    public ILocator this[string selector] => Page.Locator(selector);

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Complain(string complaint)
    {
        lock (_complaints)
        {
            _complaints.Add(complaint);
        }
    }
}
