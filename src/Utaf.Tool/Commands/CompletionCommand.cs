using System.CommandLine;
using Utaf.Tool.Options;
using Utaf.Tool.Output;

namespace Utaf.Tool.Commands;

/// <summary>Writes what a shell needs to complete the tool's command lines: it asks the tool itself, at each Tab.</summary>
internal sealed class CompletionCommand : Command
{
    // Each sends the line up to the cursor, with 'dotnet-utaf' for 'dotnet utaf', and its length.
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # bash: put into ~/.bashrc:  eval "$(dotnet utaf completion bash)"
            _dotnet_utaf() {
                local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]} candidate
                if [[ $line =~ ^[[:space:]]*dotnet[[:space:]]+utaf([[:space:]].*)$ ]]; then
                    line="dotnet-utaf${BASH_REMATCH[1]}"
                elif [[ $line =~ ^[[:space:]]*dotnet([[:space:]].*)?$ ]]; then
                    while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(dotnet complete --position "$COMP_POINT" "$COMP_LINE" 2> /dev/null)
                    return
                fi
                while IFS= read -r candidate; do
                    [[ $candidate == "$word"* ]] && COMPREPLY+=("$candidate")
                done < <(dotnet-utaf "[suggest:${#line}]" "$line" 2> /dev/null)
            }
            complete -o default -F _dotnet_utaf dotnet-utaf dotnet

            """,
        ["zsh"] = """
            # zsh: put into ~/.zshrc, behind compinit:  eval "$(dotnet utaf completion zsh)"
            _dotnet_utaf() {
                local line="${words[1,CURRENT]}"
                if [[ $line == "dotnet utaf "* ]]; then
                    line="dotnet-utaf ${line#dotnet utaf }"
                elif [[ $line == dotnet\ * ]]; then
                    compadd -- ${(f)"$(dotnet complete "$line" 2> /dev/null)"}
                    return
                fi
                compadd -- ${(f)"$(dotnet-utaf "[suggest:${#line}]" "$line" 2> /dev/null)"} || _files
            }
            compdef _dotnet_utaf dotnet-utaf dotnet

            """,
        ["fish"] = """
            # fish: put into ~/.config/fish/config.fish:  dotnet utaf completion fish | source
            function __dotnet_utaf
                set --local line (commandline --cut-at-cursor | string replace --regex '^\s*dotnet\s+utaf' dotnet-utaf)
                dotnet-utaf "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null
            end
            complete --command dotnet-utaf --arguments '(__dotnet_utaf)'
            complete --command dotnet --condition '__fish_seen_subcommand_from utaf' --arguments '(__dotnet_utaf)'

            """,
        ["powershell"] = """
            # PowerShell: put into $PROFILE:  dotnet utaf completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName dotnet-utaf, dotnet -ScriptBlock {
                param($word, $ast, $cursor)
                $line = $ast.ToString()
                $line = $line.PadRight($cursor).Substring(0, $cursor)
                if ($line -match '^\s*dotnet\s+utaf(\s.*)$') { $line = 'dotnet-utaf' + $Matches[1] }
                elseif ($line -notmatch '^\s*dotnet-utaf') {
                    dotnet complete --position $cursor "$ast" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
                    return
                }
                dotnet-utaf "[suggest:$($line.Length)]" "$line" |
                    Where-Object { $_ -like "$word*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }

            """,
    };

    public CompletionCommand(CommonOptions common, Terminal terminal)
        : base("completion", "Writes the script that makes a shell complete this tool's command lines.")
    {
        foreach (var (shell, script) in Scripts)
        {
            Add(new ScriptCommand(shell, script, common, terminal));
        }
    }

    private sealed class ScriptCommand(string shell, string script, CommonOptions common, Terminal terminal)
        : UtafCommand(shell, $"For {shell}: {script.Split('\n')[0].Split(": ", 2)[1]}", common, terminal)
    {
        protected override Task<ExitCode> RunAsync(ParseResult parsed, CommandContext context)
        {
            // The script is the document, and has one form.
            terminal.Output.Write(script.ReplaceLineEndings("\n"));
            return Task.FromResult(ExitCode.NoPiracySuspected);
        }

        private readonly Terminal terminal = terminal;
    }
}
