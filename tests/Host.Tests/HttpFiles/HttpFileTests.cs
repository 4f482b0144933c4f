using System.Text.Json.Nodes;
using Host.Tests.Running;

namespace Host.Tests.HttpFiles;

/// <summary>
/// The requests beside each module are sent to a real Host, one after the other, as somebody would who tries them in an
/// editor.
/// </summary>
public sealed class HttpFileTests(HttpFileTests.TriedHost host) : IClassFixture<HttpFileTests.TriedHost>
{
    private static readonly Dictionary<string, string> None = new(StringComparer.Ordinal);

    public static IEnumerable<TheoryDataRow<string>> Modules =>
        Directory
            .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "HttpFiles"), "*.http")
            .Select(path => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(path)));

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Each_endpoint_of_the_module_answers_as_its_file_says(string module)
    {
        var file = HttpFile.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(AppContext.BaseDirectory, "HttpFiles", $"{module}.http"),
                TestContext.Current.CancellationToken
            ),
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["host"] = host.Address,
                ["adminPassword"] = HostSettings.AdminPassword,
                ["customerPassword"] = HostSettings.CustomerPassword,
            }
        );
        Dictionary<string, JsonNode?> answers = new(StringComparer.Ordinal);
        HashSet<string> asked = new(StringComparer.Ordinal);

        foreach (var request in file.Requests)
        {
            var (operation, answer) = await host.Send(file, request, answers);
            asked.Add(operation.ShouldNotBeNull($"{request.Method} {request.Address} is no endpoint."));
            if (request.Name is { } name)
            {
                answers[name] = answer.Body;
            }
        }

        host.OperationsOf(module)
            .Except(asked, StringComparer.Ordinal)
            .ShouldBeEmpty($"{module}.http asks for each endpoint of {module} at least once; these are missing.");
    }

    [Fact]
    public async Task Every_module_has_its_requests_beside_it() =>
        (await host.Modules())
            .Where(module => host.OperationsOf(module).Any())
            .Select(module => module.Replace("_", "", StringComparison.Ordinal))
            .ShouldBe(Modules.Select(row => row.Data), StringComparer.OrdinalIgnoreCase, ignoreOrder: true);

    [Fact]
    public void Refuses_a_request_that_does_not_say_what_it_is_answered() =>
        Should
            .Throw<FormatException>(() => HttpFile.Parse("### Look\nGET /orders\n", None))
            .Message.ShouldContain("GET /orders has no line '# @answers <status>'");

    [Theory]
    [InlineData("{{nobody}}")]
    [InlineData("{{nobody.response.body.$.id}}")]
    [InlineData("{{known.response.body.$.items[1].id}}")]
    public void Refuses_a_reference_to_what_there_is_not(string reference) =>
        Should.Throw<FormatException>(() =>
            HttpFile
                .Parse("", None)
                .Resolve(
                    reference,
                    new Dictionary<string, JsonNode?>(StringComparer.Ordinal)
                    {
                        ["known"] = JsonNode.Parse("""{"items": [{"id": 1}]}"""),
                    }
                )
        );

    /// <summary>A Host of its own, since the requests change what others count.</summary>
    public sealed class TriedHost : IAsyncLifetime
    {
        private readonly HostSettings settings = new();
        private HostProcess? process;
        private DescribedAnswers? described;
        private Shop? shop;

        public string Address => process!.Address.AbsoluteUri.TrimEnd('/');

        public async ValueTask InitializeAsync()
        {
            process = await HostProcess.StartAsync(settings);
            described = await DescribedAnswers.OfAsync(process);
            shop = await Shop.EnterAsync(process, described.Hold);
        }

        /// <summary>The names of an endpoint's operations by the module that maps them.</summary>
        public IEnumerable<string> OperationsOf(string module) =>
            described!
                .Operations.Where(operation =>
                    string.Equals(
                        operation.Tag.Replace("_", "", StringComparison.Ordinal),
                        module.Replace("_", "", StringComparison.Ordinal),
                        StringComparison.OrdinalIgnoreCase
                    )
                )
                .Select(operation => operation.Name);

        public async Task<IEnumerable<string>> Modules() =>
            (await shop!.Admin.Get("/operations/modules"))
                .Expect(System.Net.HttpStatusCode.OK)
                .AsArray()
                .Select(module => (string)module!["name"]!);

        /// <summary>Sends a request, again and again where it waits for something to have happened.</summary>
        public async Task<(string? Operation, Answer Answer)> Send(
            HttpFile file,
            HttpFileRequest request,
            IReadOnlyDictionary<string, JsonNode?> answers
        )
        {
            var (address, body) = (file.Resolve(request.Address, answers), file.Resolve(request.Body, answers));
            var headers = request.Headers.ToDictionary(
                header => header.Key,
                header => file.Resolve(header.Value, answers),
                StringComparer.OrdinalIgnoreCase
            );
            var answer = await Shop.Eventually(
                async () =>
                {
                    using HttpRequestMessage message = new(request.Method, new Uri(address));
                    if (headers.TryGetValue("Content-Type", out var type))
                    {
                        message.Content = new StringContent(
                            body,
                            new System.Net.Http.Headers.MediaTypeHeaderValue(type)
                        );
                    }

                    foreach (var (name, value) in headers)
                    {
                        message.Headers.TryAddWithoutValidation(name, value);
                    }

                    var answered = await shop!.Open.Send(message);
                    answered.Status.ShouldBe(request.Status, $"{request.Method} {request.Address}: {answered.Text}");
                    return answered;
                },
                answered =>
                    request.Condition is not var (path, text)
                    || answered.Body is { } node
                        && string.Equals(JsonPath.Text(node, path), text, StringComparison.Ordinal)
            );
            return (described!.NameOf(request.Method, new Uri(address).AbsolutePath), answer);
        }

        public async ValueTask DisposeAsync()
        {
            shop?.Dispose();
            if (process is not null)
            {
                await process.DisposeAsync();
            }

            settings.Dispose();
        }
    }
}
