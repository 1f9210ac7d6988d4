package io.ebpflb.plugin.healthhttp;

import io.ebpflb.api.Extension;
import io.ebpflb.api.LbPlugin;
import java.util.List;
import java.util.Optional;

/** Health checks that ask for a page: {@code http} and {@code https}. */
public final class HealthHttpPlugin implements LbPlugin {

  @Override
  public List<Extension<?>> extensions() {
    return List.of(
        Extension.healthChecker(
            "http",
            HttpSettings.class,
            (settings, context) -> new HttpChecker(context.network(), settings, Optional.empty())),
        Extension.healthChecker(
            "https",
            HttpsSettings.class,
            (settings, context) ->
                new HttpChecker(context.network(), settings.http(), Optional.of(settings.tls()))));
  }
}
