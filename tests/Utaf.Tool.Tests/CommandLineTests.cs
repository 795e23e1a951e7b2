using System.CommandLine;
using Utaf.Tool.Commands;
using Utaf.Tool.Options;
using Utaf.Tool.Output;
using Utaf.Tool.Tests.Support;

namespace Utaf.Tool.Tests;

/// <summary>How a command line is completed, option by option.</summary>
public sealed class CommandLineTests : ToolTest
{
    /// <summary>What <c>fingerprint</c> has from the file of <see cref="Everything"/>.</summary>
    private static readonly Dictionary<string, string[]> InFile = new()
    {
        ["--name"] = ["mine"],
        ["--version"] = ["2"],
        ["--task"] = ["regression"],
        ["--input-shape"] = ["1,2,2"],
        ["--image-shape"] = ["1,2,2"],
        ["--last-layer"] = ["head"],
        ["--discriminator"] = ["{folder}/d.pt"],
        ["--data"] = ["{folder}/a=b.csv"],
        ["--public"] = ["{folder}/p.csv"],
        ["--irrelevant"] = ["{folder}/i one.csv", "{folder}/--i.csv"],
        ["--label"] = ["-1"],
        ["--label-file"] = ["{folder}/labels.npy"],
        ["--skip-columns"] = ["1"],
        ["--query-column"] = ["qid"],
        ["--header"] = ["False"],
        ["--delimiter"] = ["tab"],
        ["--label-scale"] = ["0.25"],
        ["--scale"] = ["-255"],
        ["--arrays"] = ["x,y"],
        ["--profile"] = ["quick"],
        ["--architectures"] = ["target,mlp-8"],
        ["--epochs"] = ["3"],
        ["--distillation"] = ["annealed"],
        ["--negatives"] = ["{folder}/n.pt"],
        ["--ensemble"] = ["{folder}/e"],
        ["--examples"] = ["5"],
        ["--schedule"] = ["paper"],
        ["--iterations"] = ["7"],
        ["--input-learning-rate"] = ["1E-05"],
        ["--verifier-learning-rate"] = ["0.5"],
        ["--weights"] = ["1,2.5,3"],
        ["--precision"] = ["full"],
        ["--threshold"] = ["0.75"],
        ["--test-fraction"] = ["0.3"],
        ["--validation-fraction"] = ["0.1"],
        ["--seed"] = ["18446744073709551615"],
        ["--store"] = ["azblob:?connection=PAIRS&container=pairs"],
        ["--encryption-key"] = ["env:PAIRS_KEY"],
    };

    private const string Everything =
        """
        {
          "models": [{
            "name": "mine", "version": "2", "path": "m.pt", "task": "regression", "lastLayer": "head", "discriminator": "d.pt",
            "input": { "shape": [1, 2, 2], "imageShape": [1, 2, 2] },
            "data": {
              "path": "a=b.csv", "public": "p.csv", "irrelevant": ["i one.csv", "--i.csv"], "label": "-1", "labelFile": "labels.npy",
              "skipColumns": 1, "queryColumn": "qid", "header": false, "delimiter": "tab", "labelScale": 0.25, "scale": -255, "arrays": "x,y"
            }
          }],
          "ensemble": { "profile": "quick", "architectures": ["target", "mlp-8"], "epochs": 3, "distillation": "annealed", "negatives": ["n.pt"], "folder": "e" },
          "fingerprint": {
            "examples": 5, "schedule": "paper", "iterations": 7, "inputLearningRate": 1e-5, "verifierLearningRate": 0.5,
            "weights": [1, 2.5, 3], "precision": "full", "threshold": 0.75, "testFraction": 0.3, "validationFraction": 0.1, "seed": 18446744073709551615
          },
          "store": { "address": "azblob:?connection=PAIRS&container=pairs", "encryptionKey": "env:PAIRS_KEY" }
        }
        """;

    [Fact]
    public void Every_key_of_the_file_reaches_its_option()
    {
        var line = Line([], "fingerprint", "--config", Write("utaf.json", Everything));
        line.Complete();

        Assert.Empty(line.Parsed.Errors);
        foreach (var (option, values) in InFile)
        {
            Assert.Equal(values.Select(value => value.Replace("{folder}", Folder, StringComparison.Ordinal)), Said(line, option));
        }

        // Left are the options that no file should decide.
        var own = line.Parsed.CommandResult.Command.Options.Select(option => option.Name);
        Assert.Equal(["--commitment", "--config", "--jobs", "--manifest", "--members", "--no-build", "--no-pool", "--pair"], own.Except(InFile.Keys).Where(name => name != "--help").Order());
    }

    [Fact]
    public void Every_option_of_every_command_has_its_variable()
    {
        foreach (var option in InFile.Keys.Where(name => name != "--header").Append("--pair").Append("--output").Append("--device"))
        {
            var variable = CommandLine.VariableOf(option);
            var line = Line(new() { [variable] = "of=the environment" }, "fingerprint", "--config", Write("utaf.json", Everything));
            line.Complete();
            Assert.True(Said(line, option).SequenceEqual(["of=the environment"]), variable);
        }

        var choice = Line(new() { ["UTAF_HEADER"] = "false" }, "fingerprint");
        choice.Complete();
        Assert.Equal(["false"], Said(choice, "--header"));
    }

    [Fact]
    public void A_choice_that_is_neither_yes_nor_no_becomes_no_argument()
    {
        var error = Assert.Throws<UtafException>(Line(new() { ["UTAF_HEADER"] = "yes" }, "fingerprint").Complete).Diagnostic;
        Assert.Equal(("UTAF1001", "UTAF_HEADER is 'yes', expected true or false."), (error.Code, error.Message));
    }

    [Fact]
    public void Several_values_stand_between_semicolons()
    {
        var line = Line(new() { ["UTAF_NEGATIVES"] = "a.pt; b c.pt ;" }, "fingerprint");
        line.Complete();
        Assert.Equal(["a.pt", "b c.pt"], Said(line, "--negatives"));
    }

    [Fact]
    public void What_stands_behind_two_dashes_stays_an_argument()
    {
        var line = Line(new() { ["UTAF_DATA"] = "d.csv" }, "fingerprint", "--", "--model.pt");
        line.Complete();
        Assert.Empty(line.Parsed.Errors);
        Assert.Equal("--model.pt", line.Parsed.GetValue<string>("MODEL"));
        Assert.Equal(["d.csv"], Said(line, "--data"));
    }

    [Fact]
    public void Variables_with_another_meaning_are_no_options_variables()
    {
        string[] taken = ["UTAF_CACHE", "UTAF_STORE_KEY"];
        Assert.DoesNotContain(All(Root()).SelectMany(command => command.Options), option => taken.Contains(CommandLine.VariableOf(option.Name)));
    }

    private static CommandLine Line(Dictionary<string, string> environment, params string[] arguments) =>
        new(Root(), arguments, environment.GetValueOrDefault);

    private static RootCommand Root()
    {
        var common = new CommonOptions();
        var terminal = Terminal.OfProcess();
        var root = new RootCommand
        {
            new FingerprintCommand(common, terminal),
            new VerifyCommand(common, terminal),
            new EvaluateCommand(common, terminal),
            new EnsembleCommand(common, terminal),
            new InitCommand(common, terminal),
        };
        common.AddTo(root);
        return root;
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    /// <summary>An option's values as they were written.</summary>
    private static IEnumerable<string> Said(CommandLine line, string option) =>
        line.Parsed.GetResult(option) is System.CommandLine.Parsing.OptionResult { Implicit: false } result
            ? result.Tokens.Select(token => token.Value)
            : [];
}
