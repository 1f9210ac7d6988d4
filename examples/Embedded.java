import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.dataplane.MemoryDataPlane;
import io.ebpflb.runtime.reload.ReloadResult;
import io.ebpflb.runtime.service.AdminState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A balancer inside another program. This one forwards nothing, so that it runs anywhere: without
 * the line that names the MemoryDataPlane it forwards in the kernel, and needs root for that.
 */
public class Embedded {
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("embedded-lb");
    Path config = directory.resolve("lb.toml"); // the name in messages; it need not exist
    Options options =
        Options.of(config, directory.resolve("plugins"))
            .withText(config(directory, "10.0.0.1", "10.0.0.2"))
            .withDataPlane(settings -> new MemoryDataPlane());

    try (LoadBalancer balancer = LoadBalancer.start(options)) {
      show("started", balancer);

      // What the admin API can do, a program can: here, no new connections for one backend.
      balancer
          .operations()
          .setAdminState(
              "web", "10.0.0.1:8080", AdminState.DRAIN, Optional.of(Duration.ofSeconds(30)))
          .join();
      show("drained", balancer);

      // Another config as a whole, or every reason why not.
      ReloadResult result =
          balancer.reloader().apply(config(directory, "10.0.0.2", "10.0.0.3"), "example");
      System.out.println("applied: " + result.outcome());
      show("changed", balancer);

      ReloadResult refused = balancer.reloader().apply("[[service]]\nname = 1\n", "example");
      System.out.println("refused, for " + refused.problems().size() + " reasons");
    }
  }

  private static void show(String when, LoadBalancer balancer) {
    balancer
        .services()
        .get(0)
        .backends()
        .forEach(
            each -> System.out.println(when + ": " + each.name() + " " + each.effectiveWeight()));
  }

  private static String config(Path directory, String... addresses) {
    StringBuilder text = new StringBuilder();
    text.append("[dataplane]\ninterfaces = [\"eth0\"]\n");
    text.append("[admin]\nsocket = \"").append(directory).append("/lb.sock\"\n");
    text.append("[[service]]\nname = \"web\"\nlisten = \"203.0.113.10:80\"\n");
    for (String address : addresses) {
      text.append("[[service.target]]\naddress = \"").append(address).append(":8080\"\n");
    }
    return text.toString();
  }
}
