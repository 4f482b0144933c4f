using System.Globalization;
using System.Reflection;
using System.Text;
using BuildingBlocks.Contracts;
using BuildingBlocks.EventLog.Events;
using BuildingBlocks.EventLog.Sagas;
using Mono.Cecil;

namespace BuildingBlocks.Testing.Documentation;

/// <summary>
/// A saga as a state diagram of Mermaid, drawn from its declaration: steps, time limits, compensations, and who is
/// asked before a completed run is undone.
/// </summary>
internal sealed class SagaDiagram
{
    private readonly SagaOutline saga;
    private readonly StringBuilder text = new();

    private SagaDiagram(SagaOutline saga) => this.saga = saga;

    public static string Of(SagaDefinition definition) => new SagaDiagram(definition.Outline).Draw();

    private string Draw()
    {
        Line("stateDiagram-v2");
        for (var i = 0; i < saga.Steps.Count; i++)
        {
            State(Doing(i), saga.Steps[i].Name, $"asks {Published(saga.Steps[i].Request)}");
        }

        for (var i = 0; i < saga.Steps.Count; i++)
        {
            if (saga.Steps[i].Compensation is { } compensation)
            {
                State(Undoing(i), $"undo {saga.Steps[i].Name}", $"asks {Published(compensation)}");
            }
        }

        State("completed", "completed", $"publishes {Published(saga.Completed)}");
        State("failed", "failed", $"publishes {Published(saga.Failed)}");
        Transition("[*]", Doing(0), Wire(saga.StartsOn));
        for (var i = 0; i < saga.Steps.Count; i++)
        {
            Step(i);
        }

        Ends();
        return text.ToString();
    }

    private void Step(int index)
    {
        var step = saga.Steps[index];
        Transition(Doing(index), index + 1 < saga.Steps.Count ? Doing(index + 1) : "completed", Wire(step.Completion));
        if (step.Failure is { } failure)
        {
            Transition(Doing(index), UndoingFrom(index - 1), Wire(failure));
        }

        Transition(
            Doing(index),
            UndoingFrom(index),
            string.Create(
                CultureInfo.InvariantCulture,
                $"no answer within {step.Limit.TotalSeconds:0.###} s, or called off"
            )
        );
        if (step.Compensated is { } compensated)
        {
            Transition(Undoing(index), UndoingFrom(index - 1), Wire(compensated));
        }
    }

    private void Ends()
    {
        var last = UndoingFrom(saga.Steps.Count - 1);
        if (saga.Consent is { } consent)
        {
            State("consent", consent.Name, $"asks {Published(consent.Request)}");
            Transition("completed", "consent", "called off");
            Transition("consent", last, Wire(consent.Agreement));
            Transition("consent", "completed", Wire(consent.Refusal));
        }
        else
        {
            Transition("completed", last, "called off");
        }

        Transition("completed", "[*]", label: null);
        Transition("failed", "[*]", label: null);
    }

    /// <summary>The first step at or before this one that has something to undo.</summary>
    private string UndoingFrom(int index)
    {
        for (var i = index; i >= 0; i--)
        {
            if (saga.Steps[i].Compensation is not null)
            {
                return Undoing(i);
            }
        }

        return "failed";
    }

    private static string Doing(int index) => string.Create(CultureInfo.InvariantCulture, $"step{index + 1}");

    private static string Undoing(int index) => string.Create(CultureInfo.InvariantCulture, $"undo{index + 1}");

    private void State(string id, string name, string what) => Line($"    state \"{name}<br>{what}\" as {id}");

    private void Transition(string from, string to, string? label) =>
        Line(label is null ? $"    {from} --> {to}" : $"    {from} --> {to}: {label}");

    private void Line(string line) => text.Append(line).Append('\n');

    private static string Wire(Type type) => EventName.Of(type).ToString();

    /// <summary>The delegate's signature promises just any event; its body tells which.</summary>
    private static string Published(Delegate publisher)
    {
        var method = publisher.Method;
        using var module = ModuleDefinition.ReadModule(method.Module.FullyQualifiedName);
        var body = ((MethodDefinition)module.LookupToken(method.MetadataToken)).Body;
        var made = body
            .Instructions.Select(instruction => instruction.Operand)
            .OfType<MethodReference>()
            .Select(called =>
                Loaded(called is { Name: ".ctor" } ? called.DeclaringType : called.ReturnType, method.Module)
            )
            .LastOrDefault(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(IIntegrationEvent)));
        return made is null ? "an event" : Wire(made);
    }

    private static Type? Loaded(TypeReference type, Module within)
    {
        var assembly = type.Scope switch
        {
            AssemblyNameReference reference => reference.Name,
            _ => within.Assembly.GetName().Name!,
        };
        return Type.GetType($"{type.FullName.Replace('/', '+')}, {assembly}", throwOnError: false);
    }
}
