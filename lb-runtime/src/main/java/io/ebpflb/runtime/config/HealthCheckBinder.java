package io.ebpflb.runtime.config;

import io.ebpflb.api.Extension;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.OwnCheck;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.config.TomlTable.Entry;
import io.ebpflb.runtime.plugin.ExtensionCatalog;
import java.util.Optional;

/** Binds the {@code health-check} tables of services and of their targets. */
final class HealthCheckBinder {
  static final String KEY = Defaults.HEALTH_CHECK;

  /** Takes a service out of what the defaults say, or a target out of what its service says. */
  private static final String NO_CHECK = "none";

  private final Problems problems;
  private final RecordBinder records;
  private final Defaults defaults;
  private final InstalledExtensions installed;

  HealthCheckBinder(
      Problems problems, RecordBinder records, ExtensionCatalog catalog, Defaults defaults) {
    this.problems = problems;
    this.records = records;
    this.defaults = defaults;
    this.installed = new InstalledExtensions(problems, catalog);
  }

  /** What a service says of its check, over the defaults; empty if it says nothing. */
  Optional<TomlTable> ofService(TomlTable service) {
    return own(service).map(defaults::mergeHealthCheck);
  }

  /**
   * What a target says of its check, over what its service says.
   *
   * @param ofService as {@link #ofService} gives it
   */
  Optional<OwnCheck> ofTarget(TomlTable target, Optional<TomlTable> ofService) {
    return own(target)
        .map(use -> ofService.map(service -> defaults.mergeHealthCheck(use, service)).orElse(use))
        .map(defaults::mergeHealthCheck)
        .map(merged -> new OwnCheck(bind(merged)));
  }

  private Optional<TomlTable> own(TomlTable owner) {
    Optional<Entry> entry = owner.find(KEY);
    if (entry.isPresent() && !(entry.get().value() instanceof TomlTable)) {
      problems.add(
          entry.get().offset(),
          entry.get().path(),
          "is " + entry.get().value().describe() + ", not a table",
          "expected: health-check = { type = \"tcp\" }");
    }
    return entry.map(Entry::value).filter(TomlTable.class::isInstance).map(TomlTable.class::cast);
  }

  /** Empty if there is nothing to check, or if something is wrong, which is reported. */
  Optional<HealthCheck> bind(TomlTable table) {
    TableBinding binding = records.open(table);
    Optional<HealthCheckTable> common = binding.bind(HealthCheckTable.class);
    if (common.map(HealthCheckTable::type).equals(Optional.of(NO_CHECK))) {
      binding.refuseUnknown();
      return Optional.empty();
    }
    Optional<Use> checker =
        installed
            .named(Extension.Kind.HEALTH_CHECKER, table, "type")
            .flatMap(extension -> use(extension, binding));
    if (common.isEmpty() || checker.isEmpty()) {
      return Optional.empty();
    }
    HealthCheckTable settings = common.get();
    return Optional.of(
        new HealthCheck(
            checker.get(),
            settings.port().stream().mapToInt(Integer::intValue).findFirst(),
            settings.interval(),
            settings.timeout(),
            settings.rise(),
            settings.fall(),
            settings.recoveryStep()));
  }

  private static Optional<Use> use(Extension<?> extension, TableBinding binding) {
    Optional<? extends Bound<?>> own = binding.bindSettings(extension.configType());
    binding.refuseUnknown();
    return own.map(settings -> new Use(extension, settings));
  }
}
