using Microsoft.AspNetCore.Http;

namespace Scoring.Http;

/// <summary>Answers with JSON that is written already. It can be executed once.</summary>
internal sealed class BufferResult(ResponseBuffer buffer, int status = StatusCodes.Status200OK) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (buffer)
        {
            await JsonResult.SendAsync(httpContext.Response, status, "application/json", buffer.Written).ConfigureAwait(false);
        }
    }
}
