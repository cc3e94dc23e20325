"""How MQTT gateways speak with a broker: shared by Sparkplug B and plain MQTT."""
