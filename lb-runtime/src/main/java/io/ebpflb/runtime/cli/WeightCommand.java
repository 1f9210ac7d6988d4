package io.ebpflb.runtime.cli;

import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "weight",
    description = "Give a backend another weight than the config does, until --reset.")
final class WeightCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private BackendChange change;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "WEIGHT",
      description = "A number from 0 up; 0 takes no new flows.")
  private Double weight;

  @Option(names = "--reset", description = "The configured weight again.")
  private boolean reset;

  @Override
  public Integer call() {
    if (reset == (weight != null)) {
      throw new ParameterException(spec.commandLine(), "say either a WEIGHT or --reset");
    }
    if (reset) {
      return change.show(change.delete("/weight"));
    }
    JsonObject body = new JsonObject();
    body.addProperty("weight", weight);
    return change.show(change.put("/weight", body));
  }
}
