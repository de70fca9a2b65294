"""Fields of the records behind settlement: extract rows, usage, load profile and premise."""

from tracker.domain.fields import Choice, Moment, Number, Record, Text, Whole
from tracker.domain.subtypes._codes import (
    ERCOT_CATEGORIES,
    LOAD_PROFILE_CATEGORIES,
    PREMISE_TYPES,
    WEATHER_ZONES,
)

ADD_TIME = Moment(
    name="AddTime",
    label="Row added",
    help="The ADDTIME of the row in the ERCOT extract; it tells two versions of one row apart.",
)
TIME_STAMP = Moment(
    name="TimeStamp",
    label="Row time stamp",
    help="The TIMESTAMP of the row in the ERCOT extract, with its time of day.",
)
UID_ESI_ID = Text(
    name="UIDEsiID",
    label="UIDESIID",
    help="The row number of the ESI ID in the ERCOT extract, up to 19 digits.",
    max_length=19,
)
UID_CHANNEL_CUT = Text(
    name="UIDChannelCut",
    label="UIDCHANNELCUT",
    help="The row number of the channel cut in the ERCOT extract, up to 19 digits.",
    max_length=19,
)
UID_AMS_INTERVAL = Text(
    name="UIDAMSInterval",
    label="UIDAMSINTERVAL",
    help="The row number of the smart-meter intervals in the ERCOT extract, up to 19 digits.",
    max_length=19,
)
CHANNEL = Whole(
    name="Channel",
    label="Channel",
    help="The channel of the interval meter; most meters record usage on channel 4.",
    minimum=0,
    maximum=99_999,
)
ORIGIN = Text(
    name="Origin",
    label="Origin",
    help="The ORIGIN of the row in the ERCOT extract, such as M for metered.",
    max_length=64,
)
STATUS = Text(
    name="Status",
    label="Premise status",
    help="The status of the ESI ID in the record, such as Active or De-Energized.",
    max_length=64,
)
METER_TYPE = Text(
    name="MeterType",
    label="Meter type",
    help="The code of the meter in the extract, up to two characters.",
    max_length=2,
)
TOTAL = Number(
    name="Total",
    label="Total",
    help="The total kWh that the record shows now, such as 1204.5.",
)
NEW_TOTAL = Number(
    name="NewTotal",
    label="Total it should have",
    help="The total kWh that you say is the right one.",
)
NEW_ONPK = Number(
    name="NewONPK",
    label="On-peak kWh it should have",
    help="The kWh in peak hours that you say is the right one.",
)
NEW_OFFPK = Number(
    name="NewOFFPK",
    label="Off-peak kWh it should have",
    help="The kWh outside peak hours that you say is the right one.",
)
NEW_MDPK = Number(
    name="NewMDPK",
    label="Mid-peak kWh it should have",
    help="The kWh in mid-peak hours that you say is the right one.",
)
NEW_SPK = Number(
    name="NewSPK",
    label="Super-peak kWh it should have",
    help="The kWh in super-peak hours that you say is the right one.",
)
KW = Number(
    name="kW",
    label="Demand in kW",
    help="The demand that the record shows.",
)
KWH_USE = Number(
    name="kWhUse",
    label="Usage in kWh",
    help="The usage that the record shows.",
)
HIGH_KW = Number(
    name="HighkW",
    label="Highest kW",
    help="The highest demand of the period.",
)
SEC_HI_KW = Number(
    name="SecHikW",
    label="Second highest kW",
    help="The second highest demand of the period.",
)
LOSS_CODE = Text(
    name="LossCode",
    label="Loss code",
    help="The distribution loss code that the record shows now, such as A.",
    max_length=64,
)
NEW_LOSS_CODE = Text(
    name="NewLossCode",
    label="Loss code it should have",
    help="The distribution loss code that you say is the right one.",
    max_length=64,
)
PROFILE_CODE = Text(
    name="ProfileCode",
    label="Profile code",
    help="The load profile that the record shows now, such as RESLOWR_COAST_NIDR_NWS_NOTOU.",
    max_length=64,
)
NEW_PROFILE_CODE = Text(
    name="NewProfileCode",
    label="Profile code it should have",
    help="The load profile that you say is the right one.",
    max_length=64,
)
PROFILE_START_TIME = Moment(
    name="ProfileStartTime",
    label="Profile valid from",
    help="When the load profile begins to apply.",
)
REGION_CODE = Text(
    name="RegionCode",
    label="Region code",
    help="The region that the record shows now.",
    max_length=64,
)
NEW_REGION_CODE = Text(
    name="NewRegionCode",
    label="Region code it should have",
    help="The region that you say is the right one.",
    max_length=64,
)
STATION_CODE = Text(
    name="StationCode",
    label="Station code",
    help="The substation that the record shows now.",
    max_length=64,
)
NEW_STATION_CODE = Text(
    name="NewStationCode",
    label="Station code it should have",
    help="The substation that you say is the right one.",
    max_length=64,
)
SUB_STATION_PERCENT = Number(
    name="SubStationPercent",
    label="Share of the substation",
    help="How many per cent of the load the substation carries.",
)
WEATHER_ZONE = Choice(
    name="WeatherZone",
    label="Weather zone",
    help="The weather zone that the record shows now.",
    values=WEATHER_ZONES,
)
NEW_WEATHER_ZONE = Choice(
    name="NewWeatherZone",
    label="Weather zone it should have",
    help="The weather zone that is the right one.",
    values=WEATHER_ZONES,
)
PREMISE_TYPE = Choice(
    name="PremiseType",
    label="Premise type",
    help="The kind of premise that the record shows now.",
    values=PREMISE_TYPES,
)
NEW_PREMISE_TYPE = Choice(
    name="NewPremiseType",
    label="Premise type it should have",
    help="The kind of premise that is the right one.",
    values=PREMISE_TYPES,
)
EXCEPTION_TYPE = Text(
    name="ExceptionType",
    label="Kind of exception",
    help="The exception that ERCOT’s check reported.",
    max_length=255,
)
ERCOT_CATEGORY = Choice(
    name="ERCOTCategory",
    label="Category",
    help="What ERCOT’s check is about.",
    values=ERCOT_CATEGORIES,
)
LOAD_PROFILE_CATEGORY = Choice(
    name="LoadProfileCategory",
    label="Category",
    help="The part of the load profile that has to be looked at.",
    values=LOAD_PROFILE_CATEGORIES,
)
STREET = Text(
    name="Street",
    label="Street",
    help="House number, street and unit, such as 1200 Main St Apt 4.",
    max_length=80,
)
CITY = Text(
    name="City",
    label="City",
    help="The town of the premise.",
    max_length=80,
)
STATE = Text(
    name="State",
    label="State",
    help="The two letters of the state, such as TX.",
    max_length=2,
)
ZIP_CODE = Text(
    name="ZipCode",
    label="ZIP",
    help="The five digits of the ZIP code, such as 77002.",
    max_length=5,
)
NEW_ZIP_CODE = Text(
    name="NewZipCode",
    label="ZIP it should have",
    help="The ZIP code that you say is the right one.",
    max_length=5,
)
SERV_ADDRESS = Record(
    name="ServAddress",
    label="Service address",
    help="The address of the premise as the record shows it now.",
    fields=(STREET, CITY, STATE, ZIP_CODE),
)
NEW_SERV_ADDRESS = Record(
    name="NewServAddress",
    label="Address it should have",
    help="The address that you say is the right one.",
    fields=(STREET, CITY, STATE, ZIP_CODE),
)
