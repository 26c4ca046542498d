package io.millrace.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.planner.SessionSettings.Setting;
import io.millrace.protocol.Golden;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionSettingsTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @Test
    void theLastSettingOfANameHoldsAndNoneTakesItBack() {
        SessionSettings settings = SessionSettings.NONE
                .with(new Setting("vector.ef_search", JSON.numberNode(1)), 1)
                .with(new Setting("vector.ef_search", JSON.numberNode(2)), 2);
        assertThat(settings.options()).isEqualTo(Map.of("vector.ef_search", JSON.numberNode(2)));
        assertThat(settings.with(new Setting("vector.ef_search", null), 3).options())
                .isEmpty();
    }

    /** State that holds these bytes must be read for ever. */
    @Test
    void committedBytesAreStillRead() {
        SessionSettings settings = new SessionSettings(
                Map.of("vector.ef_search", JSON.numberNode(200), "hybrid.strategy", JSON.textNode("parallel")),
                1_700_000_000_000L);
        byte[] golden = Golden.bytes("session-settings-v1.bin", settings.toBytes());
        assertThat(SessionSettings.of(golden)).isEqualTo(settings);
        assertThat(settings.toBytes()).isEqualTo(golden);
        assertThatThrownBy(() -> SessionSettings.of(new byte[] {9})).isInstanceOf(IllegalStateException.class);
    }
}
