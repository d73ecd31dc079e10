using System.CommandLine;
using ModelTool.Native;
using Scoring.Repository.Signing;

namespace ModelTool.Verbs;

/// <summary><c>keygen NAME</c></summary>
internal static class KeygenVerb
{
    public static Command Create(ToolContext context)
    {
        var name = new Argument<string>("name") { Description = "What the two files are called: NAME.key, which signs and stays secret, and NAME.pub." };
        var json = CommonOptions.Json();
        var command = new Command("keygen", $"Makes a key to sign packages with: ECDSA on P-256, as PEM. With {Keys.PasswordVariable} set, the private key is encrypted.") { name, json }
            .WithExamples("keygen release");
        return command.Runs(context, (arguments, _) =>
        {
            var path = arguments.GetRequiredValue(name);
            using var key = SigningKey.Make();
            Write($"{path}.key", key.ToPem(Keys.Password), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Write($"{path}.pub", key.PublicPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            if (arguments.GetValue(json))
            {
                context.AnswerJson(new JsonParts().With("id", key.Public.Id).With("privateKey", $"{path}.key").With("publicKey", $"{path}.pub").With("trustedKey", key.PublicBase64()));
            }
            else
            {
                context.Answer($"Key {key.Public.Id}: {path}.key signs, keep it secret; {path}.pub is for everybody.");
                context.Answer($"Servers load nothing else with Scoring__TrustedKeys={key.PublicBase64()}");
            }

            return Task.FromResult(Verb.Done);
        });
    }

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var file = new StreamWriter(path, options);
        file.WriteLine(pem);
    }
}
