package io.ebpflb.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a setting means, in one sentence for the documentation table.
 *
 * <p>A config record's components become TOML keys in kebab-case ({@code expectedCodes} is {@code
 * expected-codes}). Component types: {@code boolean}, {@code int}, {@code long}, {@code double},
 * {@link String}, {@link java.time.Duration} ({@code "250ms"}, {@code "5s"}, {@code "2m"}, {@code
 * "1h"}), enums (in kebab-case), {@link java.net.InetAddress} (literals only), other records,
 * {@link java.util.List} of those, and {@link java.util.Optional} of those for a key that may be
 * missing. A component without {@link Default} that is neither Optional nor List is required; a
 * missing List is empty. A compact constructor may throw {@link IllegalArgumentException} to refuse
 * a combination.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Doc {
  String value();
}
