using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

// The limit of any JSON endpoint on Kestrel: reads every token of a body, and answers with JSON of so many bytes. BareKestrel URL BYTES [MICROSECONDS].
// With the third argument each request is busy for so long in between, as the run of a model is, as many at once as there are processors.
var answer = Encoding.UTF8.GetBytes($$"""{"answer":"{{new string('x', int.Parse(args[1], CultureInfo.InvariantCulture) - 13)}}"}""");
var work = args.Length > 2 ? TimeSpan.FromMicroseconds(double.Parse(args[2], CultureInfo.InvariantCulture)) : TimeSpan.Zero;
using var slots = new SemaphoreSlim(Environment.ProcessorCount);
var builder = WebApplication.CreateEmptyBuilder(new());
builder.WebHost.UseKestrelCore().UseUrls(args[0]).ConfigureKestrel(options => options.AddServerHeader = false);
var app = builder.Build();
app.Run(async context =>
{
    var reader = context.Request.BodyReader;
    var read = await reader.ReadAsync();
    while (!read.IsCompleted)
    {
        reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        read = await reader.ReadAsync();
    }

    var isRead = ReadAll(read.Buffer);
    reader.AdvanceTo(read.Buffer.End);
    if (work > TimeSpan.Zero)
    {
        await slots.WaitAsync();
        Burn(work);
        slots.Release();
    }

    context.Response.StatusCode = isRead ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
    context.Response.ContentType = "application/json";
    context.Response.ContentLength = answer.Length;
    await context.Response.BodyWriter.WriteAsync(answer);
});
app.Run();

static void Burn(TimeSpan time)
{
    var start = Stopwatch.GetTimestamp();
    while (Stopwatch.GetElapsedTime(start) < time)
    {
        Thread.SpinWait(10);
    }
}

static bool ReadAll(in ReadOnlySequence<byte> body)
{
    var json = new Utf8JsonReader(body);
    var tokens = 0;
    while (json.Read())
    {
        tokens++;
    }

    return tokens > 0;
}
