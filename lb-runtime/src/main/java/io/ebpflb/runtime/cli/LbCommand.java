package io.ebpflb.runtime.cli;

import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code lb}: one subcommand a line. */
@Command(
    name = "lb",
    description = "A layer-4 load balancer that forwards in the Linux kernel.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Done.",
      "1:A bug of ours.",
      "2:The command line or the config file is wrong, or the balancer refused.",
      "3:The machine lacks something that is needed, such as a running balancer.",
      "4:What was waited for had not come when its time was over.",
      "5:Somebody else has ended what was waited for.",
      "6:What was compared is not the same.",
      "7:A health check that was asked for failed."
    })
final class LbCommand implements Runnable {
  private static final List<Class<?>> SUBCOMMANDS =
      List.of(
          RunCommand.class,
          CheckCommand.class,
          StatusCommand.class,
          ServicesCommand.class,
          BackendsCommand.class,
          DrainCommand.class,
          MaintenanceCommand.class,
          ReadyCommand.class,
          WeightCommand.class,
          HealthCommand.class,
          CheckNowCommand.class,
          FlowsCommand.class,
          ReloadCommand.class,
          DiffCommand.class,
          ConfigCommand.class,
          SaveCommand.class,
          PluginCommand.class,
          DemoCommand.class,
          BenchCommand.class,
          CompletionCommand.class,
          ManCommand.class,
          VersionCommand.class,
          HelpCommand.class);

  /** Those that tell of the others. */
  private static final Set<Class<?>> TELLING =
      Set.of(CompletionCommand.class, ManCommand.class, HelpCommand.class);

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      description = "Show how to use the command.",
      usageHelp = true,
      scope = ScopeType.INHERIT)
  private boolean helpWanted;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log details.",
      scope = ScopeType.INHERIT)
  void verbose(boolean on) {
    if (on) {
      Logging.verbose();
    }
  }

  /**
   * Ready to be executed. Has all subcommands, unless the first argument names the one that is
   * needed: to describe all of them takes half a second.
   */
  static CommandLine commandLine(String... args) {
    List<Class<?>> called =
        SUBCOMMANDS.stream()
            .filter(type -> args.length > 0 && name(type).equals(args[0]))
            .filter(type -> !TELLING.contains(type))
            .toList();
    CommandLine lb = new CommandLine(new LbCommand());
    (called.isEmpty() ? SUBCOMMANDS : called).forEach(lb::addSubcommand);
    return lb.setExecutionExceptionHandler(new Failures())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true);
  }

  private static String name(Class<?> subcommand) {
    return subcommand.getAnnotation(Command.class).name();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
