package io.ebpflb.runtime.bench.traffic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Puts a contender between the client and the backends of its lane. */
final class Balancer {
  private static final int STOP_SECONDS = 10;

  private Balancer() {}

  /**
   * @return takes it away again; processes end with the lane at the latest
   */
  static AutoCloseable start(Contender contender, Lane lane, List<String> balancerCommand)
      throws Exception {
    return switch (contender) {
      case ROUTING -> () -> {};
      case REDIRECT -> RedirectFloor.open(lane.topology());
      case LB_XDP -> ours(lane, balancerCommand, "xdp");
      case LB_TC -> ours(lane, balancerCommand, "tc");
      case NFTABLES -> nftables(lane);
      case HAPROXY -> {
        Path config = write(lane, BalancerConfig.haproxy(lane.topology()));
        yield process(lane, List.of("haproxy", "-db", "-f", config.toString()));
      }
      case NGINX -> {
        String pidFile = lane.file("nginx.pid").toString();
        Path config = write(lane, BalancerConfig.nginx(lane.topology(), pidFile));
        yield process(lane, List.of("nginx", "-e", "stderr", "-c", config.toString()));
      }
    };
  }

  private static AutoCloseable ours(Lane lane, List<String> balancerCommand, String hook)
      throws IOException {
    Path socket = socket(lane);
    Path config = write(lane, BalancerConfig.ebpfLb(lane.topology(), hook, socket));
    List<String> command = new ArrayList<>(balancerCommand);
    command.addAll(List.of("run", "-c", config.toString()));
    return process(lane, command);
  }

  /** Whether nothing of it is still being loaded beside the traffic. */
  static boolean isComplete(Contender contender, Lane lane) {
    return switch (contender) {
      case LB_XDP, LB_TC -> HttpProbe.isReady(socket(lane));
      default -> true;
    };
  }

  private static Path socket(Lane lane) {
    return lane.file("lb.sock");
  }

  private static AutoCloseable nftables(Lane lane) throws IOException {
    Path rules = write(lane, BalancerConfig.nftables(lane.topology()));
    lane.topology().balancer().run("nft", "-f", rules.toString());
    return () -> {};
  }

  private static Path write(Lane lane, String config) throws IOException {
    return Files.writeString(lane.file("balancer.conf"), config);
  }

  private static AutoCloseable process(Lane lane, List<String> command) throws IOException {
    Process process = lane.startBalancer(command, lane.contender().label);
    return () -> {
      process.destroy();
      process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    };
  }
}
