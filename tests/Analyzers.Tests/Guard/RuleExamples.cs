using Analyzers.Tests.Running;

namespace Analyzers.Tests.Guard;

/// <summary>The project files in docs/rules.</summary>
internal static class RuleExamples
{
    public static IEnumerable<GuardCase> GuardCases =>
        from example in RulePages.Examples
        where example.Language is "xml"
        let file = MarkedSource.Parse(example.Text).Files.Single()
        let parts = file.Key.Split('/')
        select new GuardCase(example.Name, $"{parts[2]}/{parts[3]}", Guard.GuardCases.Among((file.Key, file.Value)));
}
