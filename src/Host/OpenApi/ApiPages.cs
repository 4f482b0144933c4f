using Swashbuckle.AspNetCore.SwaggerUI;

namespace Host.OpenApi;

/// <summary>Swagger UI, in Development only, open to anybody who reaches the Host.</summary>
internal static class ApiPages
{
    public const string Path = "/swagger";

    public static void UseApiPages(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            return;
        }

        app.UseSwaggerUI(pages =>
        {
            pages.RoutePrefix = Path.TrimStart('/');
            pages.DocumentTitle = "Modular monolith";
            pages.SwaggerEndpoint("/openapi/v1.json", "v1");
            pages.DocExpansion(DocExpansion.List);
            pages.DefaultModelsExpandDepth(0);
            pages.DisplayRequestDuration();
            pages.EnablePersistAuthorization();
            pages.EnableTryItOutByDefault();
            pages.ConfigObject.AdditionalItems["tagsSorter"] = "alpha";
        });
    }

    public static void MapApiPages(this WebApplication app)
    {
        if (app.Environment.IsDevelopment())
        {
            // A person who opens the banner's address in a browser gets a page.
            app.MapGet("/", () => TypedResults.Redirect(Path)).AllowAnonymous().ExcludeFromDescription();
        }
    }
}
