package ${package};

import io.ebpflb.api.Extension;
import io.ebpflb.api.LbPlugin;
import java.util.List;

/** What this JAR offers; named in META-INF/services/io.ebpflb.api.LbPlugin. */
public final class BannerPlugin implements LbPlugin {

  @Override
  public List<Extension<?>> extensions() {
    return List.of(
        Extension.healthChecker(
            "banner",
            BannerSettings.class,
            (settings, context) -> new BannerChecker(context.network(), settings)));
  }
}
