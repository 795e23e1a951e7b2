using System.CommandLine;
using Utaf.Benchmarks;
using Utaf.Benchmarks.Reports;
using Utaf.Benchmarks.Scenarios;
using Utaf.Benchmarks.Speed;

return Application.Run(
    new RootCommand("The paper's scenarios and the timings, on data that you have.")
    {
        ScenarioCommand.Make(new Skin(), Environment.ProcessorCount),
        ScenarioCommand.Make(new Warfarin(), processes: 1, withReference: true),
        ScenarioCommand.Make(new Warfarin(annealed: true), processes: 1),
        ScenarioCommand.Make(new Fashion(), Environment.ProcessorCount),
        ReportCommand.Make(),
        SpeedCommand.Make(),
        SpeedWorkCommand.Make(),
        PipelineSpeed.Command(),
    },
    args,
    Console.Out,
    Console.Error);
