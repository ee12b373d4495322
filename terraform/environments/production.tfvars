# For many customers: a domain of one's own behind Cloud Armor, one instance of the API always warm.
# domain     = "rostrum.example.com"
# alert_emails = ["oncall@example.com"]
vault                 = "store"
default_max_instances = 20
min_instances         = { api = 1 }
max_instances         = { api = 50, publish = 50, ingest = 30, deliver = 30 }
