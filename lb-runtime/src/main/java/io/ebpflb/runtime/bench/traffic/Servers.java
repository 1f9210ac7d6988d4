package io.ebpflb.runtime.bench.traffic;

import io.ebpflb.runtime.demo.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What runs on the backends: nginx on each, iperf3 and an echo server on the first. */
final class Servers {
  static final int IPERF_PORT = 5201;
  static final int ECHO_PORT = 7;

  private static final String NGINX =
      """
      daemon off;
      master_process off;
      pid %s;
      error_log stderr crit;
      events { worker_connections 4096; }
      http {
        access_log off;
        keepalive_requests 1000000000;
        server {
          listen %d backlog=4096;
          location / { return 200 "x"; }
        }
      }
      """;

  private Servers() {}

  static void start(Lane lane) throws IOException {
    for (int i = 1; i <= Lane.BACKENDS; i++) {
      Namespace backend = lane.topology().backend(i);
      String name = "nginx-" + i;
      Path config = lane.file(name + ".conf");
      int port = Service.WEB.backendPort();
      Files.writeString(config, NGINX.formatted(lane.file(name + ".pid"), port));
      lane.start(backend, List.of("nginx", "-e", "stderr", "-c", config.toString()), name);
      lane.awaitListener(backend, port, name);
    }
    Namespace first = lane.topology().backend(1);
    lane.start(first, List.of("iperf3", "-s", "-p", Integer.toString(IPERF_PORT)), "iperf3");
    lane.awaitListener(first, IPERF_PORT, "iperf3");
    lane.start(first, JavaProcess.command(Echo.class, Integer.toString(ECHO_PORT)), "echo");
    lane.awaitListener(first, ECHO_PORT, "echo");
  }
}
