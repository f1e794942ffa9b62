"""The durable TinyDB store on the terminal."""
