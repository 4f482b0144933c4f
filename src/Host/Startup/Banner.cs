using System.Globalization;
using System.Text;
using BuildingBlocks.Modules;
using BuildingBlocks.Web;

namespace Host.Startup;

/// <summary>Prints where the Host listens, how to sign in and what was done.</summary>
internal static class Banner
{
    public static async Task ShowAsync(WebApplication app, HostDatabase database, DemoSignIns? signIns, TimeSpan took)
    {
        var addresses = Addresses.Of(app);
        StringBuilder text = new();
        text.AppendLine();
        Line("Listening", string.Join(", ", addresses));
        if (app.Environment.IsDevelopment() && addresses.Count > 0)
        {
            Line("Swagger", $"{addresses[0]}/swagger");
        }

        if (!await WebRequests.SignsInAsync(app.Services))
        {
            Line("Sign-ins", "none: no module that runs here signs anybody in");
        }
        else if (signIns is not null)
        {
            var width = Math.Max(signIns.AdminEmail.Length, signIns.CustomerEmail.Length);
            Line("Sign-ins", $"{signIns.AdminEmail.PadRight(width)}  {Shown(signIns.AdminPassword)}  (admin)");
            Line(
                "",
                $"{signIns.CustomerEmail.PadRight(width)}  {Shown(signIns.CustomerPassword)}  "
                    + $"(customer{CustomerId(app)})"
            );
        }

        Line("Data", database.Server);
        var loads = app.Services.GetRequiredService<ModuleCatalog>().LoadsDemoData;
        IEnumerable<string> done =
            signIns is not null && loads ? [.. database.Done, "demo data loaded"] : database.Done;
        Line(
            "Done",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", done)}; ready in {took.TotalSeconds:0.0} s ({app.Environment.EnvironmentName})"
            )
        );
        Line("", "Ctrl+C stops it.");
        await Terminal.Output.WriteLineAsync(text.ToString());

        void Line(string label, string value) => text.Append("  ").Append(label.PadRight(11)).AppendLine(value);
    }

    /// <summary>The customer is there only where the module is that owns customers.</summary>
    private static string CustomerId(WebApplication app) =>
        app.Services.GetRequiredService<ModuleCatalog>().Modules.Any(module => module.Name is "customers")
            ? $", customerId {DemoOptions.CustomerId}"
            : "";

    private static string Shown(string? password) => password ?? "(password as configured)";
}
