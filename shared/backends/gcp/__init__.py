"""The world on Google Cloud: each port on its ``google-cloud-*`` client, which loads at the port's first use."""
