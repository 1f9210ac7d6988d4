package io.ebpflb.runtime;

import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.Service;
import io.ebpflb.runtime.service.ServiceSnapshot;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;

/** One log line for each service that runs, or for all if they are many. */
final class StartReport {
  static final int LINES_MAX = 100;

  private StartReport() {}

  static void log(Logger log, List<Service> configured, List<ServiceSnapshot> running) {
    if (running.size() > LINES_MAX) {
      log.info(
          "{} services to {} backends",
          running.size(),
          running.stream().mapToInt(service -> service.backends().size()).sum());
      return;
    }
    for (int i = 0; i < running.size(); i++) {
      log.info("{}", line(running.get(i), configured.get(i).healthCheck()));
    }
  }

  static String line(ServiceSnapshot service, Optional<HealthCheck> check) {
    int backends = service.backends().size();
    StringBuilder line = new StringBuilder();
    line.append("service \"").append(service.name()).append("\": ");
    line.append(service.listen()).append('/').append(lower(service.protocol())).append(" to ");
    line.append(backends).append(backends == 1 ? " backend" : " backends");
    if (!service.routes().isEmpty()) {
      line.append(", ").append(service.routes().size()).append(" source routes");
    }
    line.append(", ").append(lower(service.algorithm()).replace('_', '-'));
    line.append(
        check
            .map(
                c ->
                    ", %s check each %d ms"
                        .formatted(c.checker().extension().name(), c.interval().toMillis()))
            .orElse(", no health check"));
    return line.toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
