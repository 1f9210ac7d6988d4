package io.ebpflb.runtime.cli;

import io.ebpflb.runtime.config.CheckReport;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.config.ConfigReading;
import io.ebpflb.runtime.config.ConfigText;
import io.ebpflb.runtime.config.Configuration;
import io.ebpflb.runtime.plugin.ExtensionHost;
import io.ebpflb.runtime.plugin.PluginHost;
import io.ebpflb.runtime.service.ControlPlane;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    description = "Say what is wrong with a config file, or what it would run.")
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The config file.")
  private Path config;

  @Mixin private PluginsOption plugins;

  @Override
  public Integer call() throws Exception {
    return Logging.withoutPluginNews(this::check);
  }

  private int check() throws ConfigException, IOException {
    ConfigReading reading = ConfigReading.begin(ConfigText.read(config));
    try (ExtensionHost extensions = PluginHost.load(plugins.directory())) {
      Configuration configuration = reading.bind(extensions.catalog());
      proveExtensions(configuration, extensions);
      spec.commandLine().getOut().println(CheckReport.of(configuration));
      return ExitCode.OK;
    }
  }

  /** Some settings are refused only by the extension that gets them. */
  private static void proveExtensions(Configuration configuration, ExtensionHost extensions) {
    extensions.start(configuration.pluginSettings());
    new ControlPlane(configuration, extensions, (backend, result, latency) -> {}).close();
  }
}
