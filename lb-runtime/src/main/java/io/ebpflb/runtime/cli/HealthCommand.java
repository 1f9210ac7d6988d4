package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "health", description = "Show what the checks of a backend say, or overrule them.")
final class HealthCommand implements Callable<Integer> {

  enum Forced {
    UP,
    DOWN,
    AUTO
  }

  @Mixin private BackendChange change;

  @Option(
      names = "--force",
      paramLabel = "up|down|auto",
      description = "Let it count as up or down whatever its checks say; auto ends that.")
  private Forced forced;

  @Override
  public Integer call() {
    if (forced == null) {
      return change.show(change.get());
    }
    JsonObject body = new JsonObject();
    body.addProperty("forced_health", forced.name().toLowerCase(Locale.ROOT));
    return change.show(change.put("/forced-health", body));
  }
}
